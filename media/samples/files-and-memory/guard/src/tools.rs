//! Which tool does what: the one place to extend when a server gets a new tool.

use crate::files;
use crate::host::{self, Level};
use crate::input::Members;
use crate::label::Label;
use crate::memory;
use crate::reply::{self, Answer};
use crate::Guard;
use serde_json::{json, Value};

#[derive(Clone, Copy, PartialEq)]
pub enum Operation {
    Read,
    Write,
    ReadWrite,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Operation::Read => "read",
            Operation::Write => "write",
            Operation::ReadWrite => "read-write",
        }
    }
}

/// What a call touches, before it is made.
pub struct Resource {
    pub description: String,
    pub label: Label,
    pub operation: Operation,
}

/// One call, as the gateway describes it.
pub struct Call<'a> {
    pub tool: String,
    input: &'a Members<'a>,
    args: Members<'a>,
}

impl Call<'_> {
    pub fn text(&self, name: &str) -> Result<String, String> {
        match self.argument(name)? {
            Value::String(text) => Ok(text),
            other => Err(format!("{}: argument \"{name}\" must be a text, not {other}", self.tool)),
        }
    }

    pub fn list(&self, name: &str) -> Result<Vec<Value>, String> {
        match self.argument(name)? {
            Value::Array(items) => Ok(items),
            other => Err(format!("{}: argument \"{name}\" must be a list, not {other}", self.tool)),
        }
    }

    fn argument(&self, name: &str) -> Result<Value, String> {
        if !self.args.has(name) {
            return Err(format!("{}: argument \"{name}\" is missing", self.tool));
        }
        self.args.value(name).map_err(|why| format!("{}: argument {why}", self.tool))
    }
}

pub fn label_resource(guard: &mut Guard, input: &Members, out: &mut Answer) -> Result<(), String> {
    let call = read_call(input)?;
    let resource = resource_of(guard, &call)?;
    let (label, operation) = (&resource.label, resource.operation.name());
    host::log(Level::Info, &format!("{}: {operation} {}, {}", call.tool, resource.description, label.integrity_name()));
    out.put(json!({
        "resource": label.to_json(&resource.description),
        "operation": operation,
    }));
    Ok(())
}

/// Labels for the parts of a result, or for all of it. Only tools whose results have parts need to look at the result.
pub fn label_response(guard: &mut Guard, input: &Members, out: &mut Answer) -> Result<(), String> {
    let call = read_call(input)?;
    if has_parts(&call.tool) && label_parts(guard, &call, out)? {
        return Ok(());
    }
    let resource = resource_of(guard, &call)?;
    reply::whole(out, &resource.label, &resource.description);
    Ok(())
}

fn has_parts(tool: &str) -> bool {
    matches!(
        tool,
        "list_directory"
            | "list_directory_with_sizes"
            | "directory_tree"
            | "search_files"
            | "read_multiple_files"
            | "read_graph"
            | "search_nodes"
            | "open_nodes"
    )
}

/// False when the result has no parts, such as an error of the server.
fn label_parts(guard: &mut Guard, call: &Call, out: &mut Answer) -> Result<bool, String> {
    let Guard { policy: Some(policy), facts } = guard else { return Err(no_policy()) };
    facts.start_call();
    let result = match call.input.value("tool_result") {
        Ok(result) => result,
        Err(why) => {
            host::log(Level::Warn, &format!("{}: {why}; it is withheld", call.tool));
            reply::withhold(out);
            return Ok(true);
        }
    };
    if host::is_error(&result) {
        return Ok(false);
    }
    match call.tool.as_str() {
        "list_directory" | "list_directory_with_sizes" => files::label_listing(policy, facts, call, &result, out),
        "directory_tree" => files::label_tree(policy, facts, call, &result, out),
        "search_files" => Ok(files::label_matches(policy, facts, &result, out)),
        "read_multiple_files" => files::label_contents(policy, facts, call, &result, out),
        _ => Ok(memory::label_entities(policy, facts, &result, out).is_some()),
    }
}

fn resource_of(guard: &mut Guard, call: &Call) -> Result<Resource, String> {
    let Guard { policy: Some(policy), facts } = guard else { return Err(no_policy()) };
    facts.start_call();
    match call.tool.as_str() {
        "read_file" | "read_text_file" | "read_media_file" | "get_file_info" => files::content(policy, facts, call),
        "list_directory" | "list_directory_with_sizes" | "directory_tree" | "search_files" => {
            files::directory(policy, facts, call)
        }
        "read_multiple_files" => files::contents(policy, facts, call),
        "list_allowed_directories" => Ok(files::server_facts()),
        "write_file" | "create_directory" => files::written(policy, facts, call),
        "edit_file" => files::edited(policy, facts, call),
        "move_file" => files::moved(policy, facts, call),
        "read_graph" | "search_nodes" | "open_nodes" => Ok(memory::read(call)),
        "create_entities" => memory::created(policy, facts, call),
        "add_observations" => memory::extended(policy, facts, call),
        "create_relations" | "delete_relations" => memory::related(policy, facts, call),
        "delete_entities" | "delete_observations" => memory::deleted(policy, facts, call),
        other => {
            host::log(Level::Warn, &format!("{other} is a tool that this guard does not know; it is blocked"));
            Ok(Resource { description: format!("tool:{other}"), label: Label::blocked(), operation: Operation::Write })
        }
    }
}

fn read_call<'a>(input: &'a Members<'a>) -> Result<Call<'a>, String> {
    let Value::String(tool) = input.value("tool_name")? else { return Err("the input has no tool_name".into()) };
    let args = input.object("tool_args").map_err(|why| format!("{tool}: {why}"))?;
    Ok(Call { tool, input, args })
}

fn no_policy() -> String {
    "label_agent has not been called, so there is no policy to label by".into()
}
