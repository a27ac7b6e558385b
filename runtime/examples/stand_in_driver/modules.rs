//! Modules, and their functions.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::Arc;

use tensor_wasm_runtime::gpu::interp::Program;

use crate::{
    Function, INVALID_HANDLE, INVALID_VALUE, MEMORY, Module, SHARED, SUCCESS, current, give,
    handle, lock, log, number, wanted,
};

const INVALID_PTX: u32 = 218;
const NOT_FOUND: u32 = 500;

/// `jit=1`: every module is refused, with a reason.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuModuleLoadDataEx(
    module: *mut usize,
    image: *const c_char,
    count: c_uint,
    options: *const c_uint,
    values: *const *mut c_void,
) -> u32 {
    // SAFETY: the caller gave as many as is said, and text that ends in a zero byte.
    let (options, values, text) = unsafe {
        (
            std::slice::from_raw_parts(options, count as usize),
            std::slice::from_raw_parts(values, count as usize),
            CStr::from_ptr(image).to_string_lossy().into_owned(),
        )
    };
    let option = |which: c_uint| {
        let at = options.iter().position(|option| *option == which)?;
        Some(values[at])
    };
    let refuse = |why: &str| {
        if let (Some(buffer), Some(length)) = (option(5), option(6)) {
            let length = why.len().min((length as usize).saturating_sub(1));
            // SAFETY: the buffer is as long as its other option says.
            unsafe {
                std::ptr::copy_nonoverlapping(why.as_ptr(), buffer.cast(), length);
                buffer.cast::<u8>().add(length).write(0);
            }
        }
        INVALID_PTX
    };
    current(|context| {
        if wanted("jit").is_some() {
            return refuse("ptxas application ptx input, line 3; error : refused by the stand-in");
        }
        match Program::parse(&text) {
            Err(error) => refuse(&error.to_string()),
            Ok(program) => {
                let made = handle();
                let is_frugal = option(0).is_some();
                log(if is_frugal {
                    "module, frugal"
                } else {
                    "module"
                });
                let known = Module {
                    text,
                    program,
                    is_frugal,
                };
                context.modules.insert(made, Arc::new(known));
                give(module, made)
            }
        }
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuModuleLoadData(module: *mut usize, image: *const c_char) -> u32 {
    let (options, values): (&[c_uint], &[*mut c_void]) = (&[], &[]);
    // SAFETY: there are none of either, and the caller gave text.
    unsafe { cuModuleLoadDataEx(module, image, 0, options.as_ptr(), values.as_ptr()) }
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuModuleUnload(module: usize) -> u32 {
    let mut gone = None;
    let unloaded = current(|context| {
        context
            .functions
            .retain(|_, function| function.module != module);
        gone = context.modules.remove(&module);
        if gone.is_some() {
            SUCCESS
        } else {
            INVALID_HANDLE
        }
    });
    if let Some(gone) = gone {
        lock(&MEMORY).unload(&gone.program);
    }
    unloaded
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuModuleGetFunction(
    function: *mut usize,
    module: usize,
    name: *const c_char,
) -> u32 {
    // SAFETY: the name ends in a zero byte.
    let symbol = unsafe { CStr::from_ptr(name) }
        .to_string_lossy()
        .into_owned();
    current(|context| match context.modules.get(&module) {
        None => INVALID_HANDLE,
        Some(known) if parameters(&known.text, &symbol).is_none() => NOT_FOUND,
        Some(_) => {
            let made = handle();
            let known = Function {
                module,
                symbol,
                shared_bytes: SHARED,
            };
            context.functions.insert(made, known);
            give(function, made)
        }
    })
}

/// How many parameters an entry has.
pub(crate) fn parameters(text: &str, symbol: &str) -> Option<usize> {
    let (_, rest) = text.split_once(&format!(".entry {symbol} ("))?;
    Some(rest.split_once(')')?.0.matches(".param").count())
}

/// `threads=N`: no block may have more, but of a module with fewer registers.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuFuncGetAttribute(
    value: *mut c_int,
    which: c_int,
    function: usize,
) -> u32 {
    current(|context| {
        let Some(known) = context.functions.get(&function) else {
            return INVALID_HANDLE;
        };
        let is_frugal = context
            .modules
            .get(&known.module)
            .is_some_and(|it| it.is_frugal);
        let most = number("threads").filter(|_| !is_frugal).unwrap_or(1024);
        match which {
            0 => give(value, most as c_int),
            _ => INVALID_VALUE,
        }
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuFuncSetAttribute(function: usize, which: c_int, value: c_int) -> u32 {
    current(
        |context| match (context.functions.get_mut(&function), which) {
            (None, _) => INVALID_HANDLE,
            (Some(known), 8) => {
                known.shared_bytes = value.unsigned_abs();
                SUCCESS
            }
            _ => INVALID_VALUE,
        },
    )
}
