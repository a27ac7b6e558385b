//! Calls one exported function by name, with arguments and results as JSON.

use wasmtime::component::{Instance as ComponentInstance, types::ComponentItem};
use wasmtime::{Instance, Store};

use super::command::Stop;
use super::host::Host;
use super::values;
use crate::Error;
use crate::executor::{arguments_from_json, values_to_json};

/// Calls an export of a core module.
pub(super) async fn module(
    store: &mut Store<Host>,
    instance: Instance,
    export: &str,
    arguments: &str,
) -> Result<String, Stop> {
    let function = instance
        .get_func(&mut *store, export)
        .ok_or_else(|| missing(export))?;
    let ty = function.ty(&*store);
    let arguments = arguments_from_json(&ty, arguments).map_err(|error| misfit(export, error))?;
    let mut results = vec![wasmtime::Val::I32(0); ty.results().len()];
    function
        .call_async(&mut *store, &arguments, &mut results)
        .await?;
    let results = values_to_json(&results).map_err(|error| Error::Other(error.to_string()))?;
    Ok(results.to_string())
}

/// Calls an export of a component: `name` at its root, or `interface#name`.
pub(super) async fn component(
    store: &mut Store<Host>,
    instance: ComponentInstance,
    export: &str,
    arguments: &str,
) -> Result<String, Stop> {
    let found = match export.rsplit_once('#') {
        Some((interface, name)) => instance
            .get_export(&mut *store, None, interface)
            .and_then(|(_, index)| instance.get_export(&mut *store, Some(&index), name)),
        None => instance.get_export(&mut *store, None, export),
    };
    let Some((ComponentItem::ComponentFunc(ty), index)) = found else {
        return Err(missing(export).into());
    };
    let function = instance
        .get_func(&mut *store, index)
        .ok_or_else(|| missing(export))?;
    let params: Vec<_> = ty.params().map(|(_, ty)| ty).collect();
    let arguments = values::from_json(&params, arguments).map_err(|error| misfit(export, error))?;
    let mut results = vec![wasmtime::component::Val::Bool(false); ty.results().len()];
    store
        .run_concurrent(async |accessor| {
            function
                .call_concurrent(accessor, &arguments, &mut results)
                .await
        })
        .await??;
    let results = values::to_json(&results).map_err(Error::Other)?;
    Ok(results.to_string())
}

fn missing(export: &str) -> Error {
    Error::MissingExport {
        kind: "function",
        name: export.to_owned(),
    }
}

fn misfit(export: &str, error: impl ToString) -> Error {
    Error::Arguments {
        name: export.to_owned(),
        message: error.to_string(),
    }
}
