//! PTX that the driver has compiled.
#![expect(unsafe_code, reason = "a foreign library is called")]

use std::collections::HashMap;
use std::ffi::{CString, c_int, c_uint, c_void};
use std::ptr::null_mut;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cudarc::driver::sys::{CUfunction, CUmodule};

use super::context::{Context, Handle, Here};
use crate::gpu::device::DeviceError;

/// Bytes of the log that the driver's compiler may fill.
const LOG: usize = 8 << 10;

/// Registers that a thread may have so that a block of 1024 threads fits: a
/// multiprocessor has 65,536.
const REGISTERS_OF_LARGEST: u32 = 64;

/// `CUjit_option`, and `CUfunction_attribute`, of cuda.h.
const JIT_MAX_REGISTERS: c_uint = 0;
const JIT_ERROR_LOG: c_uint = 5;
const JIT_ERROR_LOG_BYTES: c_uint = 6;
const MAX_THREADS: c_int = 0;
const MAX_DYNAMIC_SHARED: c_int = 8;

/// A module in a context.
#[derive(Debug)]
pub(super) struct Module {
    context: Arc<Context>,
    raw: Handle<CUmodule>,
    /// By their names, with the most dynamic shared memory that each may have.
    functions: Mutex<HashMap<String, (Handle<CUfunction>, u32)>>,
    /// The same with fewer registers, made when a block of many threads needs it.
    frugal: OnceLock<Arc<Module>>,
}

/// A module that is ready to be launched.
#[derive(Debug)]
pub struct Loaded {
    pub(super) module: Arc<Module>,
    /// The text, for a version with fewer registers.
    text: Arc<str>,
    pub(super) stack_bytes: usize,
}

impl Loaded {
    pub(super) fn new(module: Arc<Module>, text: &str, stack_bytes: u32) -> Loaded {
        Loaded {
            module,
            text: text.into(),
            stack_bytes: stack_bytes as usize,
        }
    }

    /// The function of an entry that can run in blocks of so many threads, each with
    /// so much dynamic shared memory.
    pub(super) fn function(
        &self,
        context: &Arc<Context>,
        here: &Here<'_>,
        symbol: &str,
        threads: u32,
        shared_bytes: u32,
    ) -> Result<CUfunction, DeviceError> {
        let fits = |function| {
            let most = context.attribute(here, function, MAX_THREADS)?;
            Ok::<bool, DeviceError>(i64::from(most) >= i64::from(threads))
        };
        let mut function = self.module.function(here, symbol, shared_bytes)?;
        if !fits(function)? {
            function = self
                .frugal(context, here)?
                .function(here, symbol, shared_bytes)?;
        }
        if !fits(function)? {
            return Err(context.error(format!(
                "{symbol} needs too many registers for blocks of {threads} threads"
            )));
        }
        Ok(function)
    }

    fn frugal(&self, context: &Arc<Context>, here: &Here<'_>) -> Result<Arc<Module>, DeviceError> {
        if let Some(known) = self.module.frugal.get() {
            return Ok(Arc::clone(known));
        }
        let made = load_here(context, here, &self.text, Some(REGISTERS_OF_LARGEST))?;
        Ok(Arc::clone(
            self.module.frugal.get_or_init(|| Arc::new(made)),
        ))
    }
}

impl Module {
    fn function(
        &self,
        _here: &Here<'_>,
        symbol: &str,
        shared_bytes: u32,
    ) -> Result<CUfunction, DeviceError> {
        let context = &*self.context;
        let mut functions = self
            .functions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = functions.get(symbol).copied();
        let (function, may_have) = match known {
            Some((Handle(function), may_have)) => (function, may_have),
            None => {
                let name =
                    CString::new(symbol).map_err(|error| context.error(error.to_string()))?;
                let mut function = null_mut();
                // SAFETY: the context is current, the module is its own, the name ends
                // in a zero byte.
                let code = unsafe {
                    (context.driver.module_function)(&raw mut function, self.raw.0, name.as_ptr())
                };
                context.check(&format!("looking for {symbol}"), code)?;
                (function, 0)
            }
        };
        if shared_bytes > may_have {
            if i64::from(shared_bytes) > i64::from(context.about.shared_bytes) {
                return Err(context.error(format!(
                    "a block has at most {} bytes of workgroup memory here, not {shared_bytes}",
                    context.about.shared_bytes
                )));
            }
            let bytes = c_int::try_from(shared_bytes).unwrap_or(c_int::MAX);
            // SAFETY: as above; the value is one that the device allows.
            let code =
                unsafe { (context.driver.function_set)(function, MAX_DYNAMIC_SHARED, bytes) };
            context.check("giving blocks their workgroup memory", code)?;
        }
        if known.is_none() || shared_bytes > may_have {
            let may_have = may_have.max(shared_bytes);
            functions.insert(symbol.to_owned(), (Handle(function), may_have));
        }
        Ok(function)
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        self.context.unload(self.raw);
    }
}

/// Has the driver compile PTX.
pub(super) fn load(
    context: &Arc<Context>,
    text: &str,
    registers: Option<u32>,
) -> Result<Module, DeviceError> {
    let here = context.here()?;
    load_here(context, &here, text, registers)
}

fn load_here(
    context: &Arc<Context>,
    _here: &Here<'_>,
    text: &str,
    registers: Option<u32>,
) -> Result<Module, DeviceError> {
    let image = CString::new(text).map_err(|error| context.error(error.to_string()))?;
    let mut log = vec![0_u8; LOG];
    // Each value is a pointer's bits, whether it is one or not.
    let mut options = vec![JIT_ERROR_LOG, JIT_ERROR_LOG_BYTES];
    let mut values = vec![log.as_mut_ptr().cast::<c_void>(), LOG as *mut c_void];
    if let Some(registers) = registers {
        options.push(JIT_MAX_REGISTERS);
        values.push(registers as usize as *mut c_void);
    }
    let mut raw: CUmodule = null_mut();
    let count = c_uint::try_from(options.len()).unwrap_or(0);
    // SAFETY: the context is current; the image ends in a zero byte; there are as many
    // options and values as is said, and the log is as long as its value says.
    let code = unsafe {
        (context.driver.module_load)(
            &raw mut raw,
            image.as_ptr().cast(),
            count,
            options.as_mut_ptr(),
            values.as_mut_ptr(),
        )
    };
    if code != 0 {
        let end = log.iter().position(|byte| *byte == 0).unwrap_or(LOG);
        let said = String::from_utf8_lossy(&log[..end]);
        let what = match said.trim() {
            "" => "compiling the PTX".to_owned(),
            said => format!("compiling the PTX ({said})"),
        };
        context.check(&what, code)?;
    }
    Ok(Module {
        context: Arc::clone(context),
        raw: Handle(raw),
        functions: Mutex::default(),
        frugal: OnceLock::new(),
    })
}
