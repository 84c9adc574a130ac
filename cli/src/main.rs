//! The `virtwire` command: a host in memory, a client, and live migration.

mod args;
mod connect;
mod demo;
mod dissect;
mod domains;
mod events;
mod fail;
mod info;
mod ladder;
mod list;
mod migrate;
mod probe;
mod progress;
mod screen;
mod serve;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use fail::{Fail, plain};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(wrong) => {
            // Help goes to standard output and is no failure; whoever closed the pipe does not want either.
            return match wrong.print() {
                Err(error) if !wrong.use_stderr() && error.kind() != std::io::ErrorKind::BrokenPipe => {
                    screen::unwritten(&error).report()
                }
                _ if wrong.use_stderr() => ExitCode::FAILURE,
                _ => ExitCode::SUCCESS,
            };
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            return Fail::new(
                "runtime",
                plain(&error),
                "the system allows this process no more threads or files; try again",
            )
            .report();
        }
    };
    let ended = runtime.block_on(run(cli.command));
    // Nothing of this process is worth waiting for once the command is done.
    runtime.shutdown_background();
    ended.unwrap_or_else(|fail| fail.report())
}

async fn run(command: Command) -> Result<ExitCode, Fail> {
    match command {
        Command::Demo => return demo::run().await,
        Command::Migrate(args) => return migrate::run(args).await,
        Command::Serve(args) => serve::run(args).await?,
        Command::Probe(args) => probe::run(args).await?,
        Command::List(args) => list::run(args).await?,
        Command::Info(args) => info::run(args).await?,
        Command::Events(args) => events::run(args).await?,
        Command::Dissect(args) => dissect::run(args).await?,
        Command::Dumpxml(args) => domains::dumpxml(args).await?,
        Command::Define(args) => domains::define(args).await?,
        Command::Create(args) => domains::create(args).await?,
        Command::Start(args) => domains::start(args).await?,
        Command::Destroy(args) => domains::destroy(args).await?,
        Command::Undefine(args) => domains::undefine(args).await?,
    }
    Ok(ExitCode::SUCCESS)
}
