//! Whether operations stand in an order that makes sense.

use std::collections::BTreeSet;

use crate::model::Operation;

/// Checks the order; an error names the first operation that is out of it.
pub(super) fn check(operations: &[Operation]) -> Result<(), String> {
    let mut running = false;
    let mut connections: BTreeSet<&str> = BTreeSet::new();
    for (index, operation) in operations.iter().enumerate() {
        let number = index + 1;
        let name = operation.kind().name();
        let wrong = |why: &str| Err(format!("operation {number}, `{name}`, {why}"));
        match operation {
            Operation::Run(_) if running => {
                return wrong("starts the program while it runs; wait for its end before");
            }
            Operation::Run(_) => running = true,
            _ if !running => {
                return wrong("comes when no program runs; it belongs between `run` and `wait`");
            }
            Operation::Wait { .. } => {
                running = false;
                connections.clear();
            }
            Operation::Connect { id } => {
                if ["stdin", "stdout", "stderr"].contains(&id.as_str()) || !connections.insert(id) {
                    return wrong(&format!("makes a second `{id}`"));
                }
            }
            Operation::Send { id, .. } | Operation::Recv { id, .. } => {
                if !connections.contains(id.as_str()) {
                    return wrong(&format!("uses the connection `{id}`, which nothing made"));
                }
            }
            Operation::Read { .. }
            | Operation::Write { .. }
            | Operation::Request(_)
            | Operation::Kill { .. } => {}
        }
    }
    if running {
        return Err("starts the program and never waits for its end; add a `wait`".to_owned());
    }
    Ok(())
}
