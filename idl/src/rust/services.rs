//! `src/generated/services/<module>.rs`: what a daemon may implement of a program, and how a call finds it.

use super::names::capitalise;
use super::plan::{ModulePlan, ProcedurePlan, ProgramPlan};
use super::text::{Code, header, signature};
use super::wording;

pub(crate) fn write(module: &ModulePlan<'_>, program: &ProgramPlan<'_>) -> String {
    let name = &module.module.name;
    let service = service(module);
    let calls =
        program.procedures.iter().filter(|procedure| !procedure.annotations.event).collect::<Vec<_>>();
    let mut code = Code::new();
    code.text(&header(module.module, &format!("The {name} program as a daemon serves it.")));
    code.line("");
    code.line("use std::future::Future;");
    code.line("");
    let mut imports = ["error::RemoteError".to_owned(), format!("{name}::*")];
    imports.sort_unstable();
    imports.iter().for_each(|import| code.line(&format!("use virtwire_protocol::{import};")));
    code.line("");
    // In rustfmt's order.
    let shared = "use crate::server::service::{dispatch, unsupported};";
    match calls.iter().any(|procedure| procedure.annotations.stream.is_some()) {
        true => {
            code.line(shared);
            code.line("use crate::server::{CallContext, Stream};");
        }
        false => {
            code.line("use crate::server::CallContext;");
            code.line(shared);
        }
    }
    code.line("");
    code.line(&format!("/// The calls of the {name} program, typed."));
    code.line("///");
    code.line("/// A call that is not implemented answers what libvirt answers for a driver without it: code 3, \"this function");
    code.line("/// is not supported by the connection driver\", and the function's name.");
    code.line("#[allow(unused_variables, reason = \"parameters have the names that implementations want\")]");
    code.line(&format!("pub trait {service}: Send + Sync + 'static {{"));
    for (position, procedure) in calls.iter().enumerate() {
        if position > 0 {
            code.line("");
        }
        method(&mut code, module, procedure);
    }
    code.line("}");
    code.line("");
    dispatch(&mut code, module, &calls);
    code.finish()
}

/// How a module's trait is called.
pub(crate) fn service(module: &ModulePlan<'_>) -> String {
    format!("{}Service", capitalise(&module.module.name))
}

fn method(code: &mut Code, module: &ModulePlan<'_>, procedure: &ProcedurePlan<'_>) {
    code.documentation(1, &wording::of_call(module.module, procedure));
    let mut parameters = vec!["&self".to_owned(), "cx: &CallContext".to_owned()];
    if !procedure.takes_nothing {
        parameters.push(format!("arguments: {}", procedure.arguments));
    }
    if procedure.annotations.stream.is_some() {
        parameters.push("stream: Stream".to_owned());
    }
    let returns = format!("impl Future<Output = Result<{}, RemoteError>> + Send", procedure.reply);
    signature(code, &format!("    fn {}", procedure.method), &parameters, &returns);
    code.line(&format!("        unsupported({:?})", procedure.function));
    code.line("    }");
}

fn dispatch(code: &mut Code, module: &ModulePlan<'_>, calls: &[&ProcedurePlan<'_>]) {
    code.line("dispatch! {");
    code.line("    /// Decodes a call's arguments, has the service answer, and encodes the reply.");
    code.line("    ///");
    code.line("    /// Arguments that do not decode, and numbers that are no call's, are answered as libvirt answers them: code 39.");
    code.line(&format!("    pub fn dispatch_{} for {};", module.module.name, service(module)));
    for ProcedurePlan { number, method, arguments, takes_nothing, annotations, .. } in calls {
        let passed = match (takes_nothing, annotations.stream) {
            (true, _) => "",
            (false, None) => "arguments",
            (false, Some(_)) => "arguments, stream",
        };
        code.line(&format!("    {number} {arguments} => {method}({passed});"));
    }
    code.line("}");
}
