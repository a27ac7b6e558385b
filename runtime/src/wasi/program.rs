//! From bytes to something that can be instantiated with WASI.

use wasmtime::component::{Component, InstancePre as ComponentPre, Linker as ComponentLinker};
use wasmtime::{CodeBuilder, CodeHint, InstancePre, Linker, Module};
use wasmtime_wasi::{p1, p2, p3};

use super::Hook;
use super::host::Host;
use crate::engine::images;
use crate::gpu::guest;
use crate::{Engine, Error};

/// A program whose imports are all there.
pub(super) enum Program {
    /// A core module with WASI preview 1.
    Module(InstancePre<Host>),
    /// A component with WASI 0.2 and 0.3.
    Component(ComponentPre<Host>),
}

impl Program {
    /// Compiles and links; takes the binary format and text.
    pub(super) fn load(engine: &Engine, bytes: &[u8]) -> Result<Program, Error> {
        let compile_error = |error: wasmtime::Error| Error::Compile(format!("{error:#}"));
        let mut code = CodeBuilder::new(engine.wasmtime());
        code.wasm_binary_or_text(bytes, None)
            .map_err(compile_error)?;
        if matches!(code.hint(), Some(CodeHint::Component)) {
            let component = code.compile_component().map_err(compile_error)?;
            return link_component(engine, &component).map(Program::Component);
        }
        let module = code.compile_module().map_err(compile_error)?;
        link_module(engine, &module, &[]).map(Program::Module)
    }
}

/// Links a core module with preview 1 and with `hooks`.
pub(super) fn link_module(
    engine: &Engine,
    module: &Module,
    hooks: &[Hook],
) -> Result<InstancePre<Host>, Error> {
    images::make(|| module.initialize_copy_on_write_image());
    let mut linker = Linker::new(engine.wasmtime());
    p1::add_to_linker_async(&mut linker, Host::preview1).map_err(link_error)?;
    guest::add_to_linker(&mut linker).map_err(link_error)?;
    for hook in hooks {
        hook.link(&mut linker, engine.config().fuel.is_some())
            .map_err(link_error)?;
    }
    linker.instantiate_pre(module).map_err(link_error)
}

fn link_component(engine: &Engine, component: &Component) -> Result<ComponentPre<Host>, Error> {
    images::make(|| component.initialize_copy_on_write_image());
    let mut linker = ComponentLinker::new(engine.wasmtime());
    p2::add_to_linker_async(&mut linker).map_err(link_error)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).map_err(link_error)?;
    if engine.config().has_component_async() {
        p3::add_to_linker(&mut linker).map_err(link_error)?;
        wasmtime_wasi_http::p3::add_to_linker(&mut linker).map_err(link_error)?;
    }
    guest::add_to_component_linker(&mut linker).map_err(link_error)?;
    linker.instantiate_pre(component).map_err(link_error)
}

fn link_error(error: wasmtime::Error) -> Error {
    Error::Link(format!("{error:#}"))
}
