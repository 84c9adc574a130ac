//! The `virtwire` command: a host in memory, a client, and live migration.

mod args;
mod call;
mod connect;
mod console;
mod demo;
mod dissect;
mod domains;
mod events;
mod fail;
mod harmless;
mod info;
mod ladder;
mod list;
mod migrate;
mod net;
mod object;
mod pages;
mod pool;
mod probe;
mod progress;
mod screen;
mod screenshot;
mod serve;
mod signals;
mod stats;
mod table;
mod transfer;
mod vol;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use connect::Opener;
use domains::Verb;
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
    let ended = runtime.block_on(run(cli.command, cli.readonly));
    // Nothing of this process is worth waiting for once the command is done.
    runtime.shutdown_background();
    ended.unwrap_or_else(|fail| fail.report())
}

async fn run(command: Command, read_only: bool) -> Result<ExitCode, Fail> {
    let opener = Opener { read_only };
    match command {
        Command::Demo | Command::Dissect(_) | Command::Migrate(_) | Command::Serve(_) if read_only => {
            return Err(Fail::new("--readonly", "is for commands that can do with looking", "leave it out"));
        }
        Command::Demo => return demo::run().await,
        Command::Migrate(args) => return migrate::run(args).await,
        Command::Serve(args) => serve::run(args).await?,
        Command::Probe(args) => probe::run(args, opener).await?,
        Command::List(args) => list::run(args, opener).await?,
        Command::Info(args) => info::run(args, opener).await?,
        Command::Events(args) => events::run(args, opener).await?,
        Command::Dissect(args) => dissect::run(args).await?,
        Command::Dumpxml(args) => domains::dumpxml(args, opener).await?,
        Command::Define(args) => domains::define(args, opener).await?,
        Command::Create(args) => domains::create(args, opener).await?,
        Command::Start(args) => domains::act(Verb::Start, args, opener).await?,
        Command::Shutdown(args) => domains::act(Verb::Shutdown, args, opener).await?,
        Command::Reboot(args) => domains::act(Verb::Reboot, args, opener).await?,
        Command::Suspend(args) => domains::act(Verb::Suspend, args, opener).await?,
        Command::Resume(args) => domains::act(Verb::Resume, args, opener).await?,
        Command::Destroy(args) => domains::act(Verb::Destroy, args, opener).await?,
        Command::Undefine(args) => domains::act(Verb::Undefine, args, opener).await?,
        Command::Console(args) => console::run(args, opener).await?,
        Command::Screenshot(args) => screenshot::run(args, opener).await?,
        Command::Stats(args) => stats::run(args, opener).await?,
        Command::Net(command) => net::run(command, opener).await?,
        Command::Pool(command) => pool::run(command, opener).await?,
        Command::Vol(command) => vol::run(command, opener).await?,
        Command::Call(args) => call::run(args, opener).await?,
        Command::Completions(args) => pages::completions(&args)?,
        Command::Man(args) => pages::manual(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}
