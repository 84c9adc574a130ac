//! The `virtwire` command: a host in memory, a client, and live migration.

// They panic where nobody can be told: `screen` has what does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod agent;
mod args;
mod call;
mod clock;
mod completions;
mod conform;
mod connect;
mod console;
mod demo;
mod dissect;
mod domains;
mod events;
mod fail;
mod harmless;
mod info;
mod job;
mod journal;
mod ladder;
mod list;
mod log;
mod migrate;
mod net;
mod object;
mod pages;
mod passwd;
mod pool;
mod probe;
mod progress;
mod prompt;
mod recover;
mod screen;
mod screenshot;
mod serve;
mod signals;
mod spelling;
mod stats;
mod table;
mod text;
mod transfer;
mod vol;
mod watch;

use std::process::ExitCode;
use std::time::Duration;

use args::{Cli, Command, Typed};
use connect::Opener;
use domains::Verb;
use fail::{Fail, plain};

fn main() -> ExitCode {
    let cli = match args::parse(std::env::args_os()) {
        Ok(Typed::ByUser(cli)) => *cli,
        Ok(Typed::ByServe(args)) => {
            return serve::guest(&args).map_or_else(|fail| fail.report(), |()| ExitCode::SUCCESS);
        }
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
    match cli.command {
        Command::Serve(_) => log::of_serve(),
        _ => log::of_command(),
    }
    let ended = runtime.block_on(run(cli));
    // Nothing of this process is worth waiting for once the command is done.
    runtime.shutdown_background();
    ended.unwrap_or_else(|fail| fail.report())
}

async fn run(cli: Cli) -> Result<ExitCode, Fail> {
    let Cli { command, readonly: read_only, connect_timeout, accept_common_name, accept_unprotected } = cli;
    let within = connect_timeout.map(Duration::from_secs);
    let opener = Opener { read_only, within, accept_common_name, accept_unprotected, ..Opener::default() };
    match command {
        Command::Conform(_)
        | Command::Demo
        | Command::Dissect(_)
        | Command::Migrate(_)
        | Command::Passwd(_)
        | Command::Recover(_)
        | Command::Serve(_)
            if read_only =>
        {
            return Err(Fail::new("--readonly", "is for commands that can do with looking", "leave it out"));
        }
        Command::Demo => return demo::run().await,
        Command::Conform(args) => return conform::run(args).await,
        Command::Migrate(args) => return migrate::run(args, opener).await,
        Command::Recover(args) => return recover::run(args, opener).await,
        Command::Serve(args) => serve::run(args).await?,
        Command::Watch(args) => return watch::run(args, opener).await,
        Command::Passwd(args) => passwd::run(&args)?,
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
        Command::Undefine(args) => domains::undefine(args, opener).await?,
        Command::Job(args) => job::run(args, opener).await?,
        Command::Console(args) => console::run(args, opener).await?,
        Command::Screenshot(args) => screenshot::run(args, opener).await?,
        Command::Stats(args) => stats::run(args, opener).await?,
        Command::Net(command) => net::run(command, opener).await?,
        Command::Pool(command) => pool::run(command, opener).await?,
        Command::Vol(command) => vol::run(command, opener).await?,
        Command::Call(args) => call::run(args, opener).await?,
        Command::Completions(args) => completions::run(&args)?,
        Command::Man(args) => pages::manual(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}
