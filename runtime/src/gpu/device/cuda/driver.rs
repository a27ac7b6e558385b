//! NVIDIA's driver: its entry points, found by name when the program runs, and its
//! codes.
//!
//! The package cudarc finds the library and knows its types. Its functions are not
//! called: one whose symbol is missing panics, and a code that only a newer driver
//! gives is not among those of its enumeration, which is undefined behaviour. Here
//! codes are numbers, and all symbols are looked for before anything is called.
#![expect(unsafe_code, reason = "a foreign library is called")]

use std::error::Error as _;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::fmt;
use std::panic::catch_unwind;
use std::sync::OnceLock;

use cudarc::driver::sys::{self, CUcontext, CUdevice, CUdeviceptr, CUfunction, CUmodule, CUstream};

/// Declares the table of entry points, each with the symbol it is bound to.
macro_rules! entry_points {
    ($($name:ident = $symbol:literal ($($argument:ty),*);)*) => {
        /// The driver of this computer.
        #[derive(Debug)]
        pub(super) struct Driver {
            /// Whether it is the one that tests bring along.
            pub(super) is_stand_in: bool,
            $(pub(super) $name: unsafe extern "C" fn($($argument),*) -> u32,)*
        }

        impl Driver {
            /// Finds every symbol in the library that is loaded.
            fn bind() -> Result<Driver, String> {
                // It was there a moment ago; if it is gone by now, this panics.
                let library = catch_unwind(|| {
                    // SAFETY: whoever runs this program trusts the driver that its
                    // search path leads to; loading it is what initializes it.
                    unsafe { sys::culib() }
                });
                let library = library.map_err(|_| absent())?;
                // SAFETY: only whether it is there is asked.
                let mark = unsafe { library.get::<*const c_void>(STAND_IN.as_bytes()) };
                Ok(Driver {
                    is_stand_in: mark.is_ok(),
                    $($name: {
                        // SAFETY: the driver's interface has a function of this type
                        // under this name: CUDA Driver API, version 12.0. It stays
                        // loaded until the process ends.
                        let found = unsafe {
                            library.get::<unsafe extern "C" fn($($argument),*) -> u32>(
                                concat!($symbol, "\0").as_bytes(),
                            )
                        };
                        match found {
                            Ok(symbol) => *symbol,
                            Err(_) => return Err(format!(
                                "the driver has no `{}`: it is broken, or no driver",
                                $symbol
                            )),
                        }
                    },)*
                })
            }
        }
    };
}

entry_points! {
    init = "cuInit"(c_uint);
    version = "cuDriverGetVersion"(*mut c_int);
    device_count = "cuDeviceGetCount"(*mut c_int);
    device = "cuDeviceGet"(*mut CUdevice, c_int);
    device_name = "cuDeviceGetName"(*mut c_char, c_int, CUdevice);
    device_attribute = "cuDeviceGetAttribute"(*mut c_int, c_int, CUdevice);
    context_create = "cuCtxCreate_v2"(*mut CUcontext, c_uint, CUdevice);
    context_destroy = "cuCtxDestroy_v2"(CUcontext);
    context_push = "cuCtxPushCurrent_v2"(CUcontext);
    context_pop = "cuCtxPopCurrent_v2"(*mut CUcontext);
    context_limit = "cuCtxSetLimit"(c_uint, usize);
    module_load = "cuModuleLoadDataEx"(*mut CUmodule, *const c_void, c_uint, *mut c_uint, *mut *mut c_void);
    module_unload = "cuModuleUnload"(CUmodule);
    module_function = "cuModuleGetFunction"(*mut CUfunction, CUmodule, *const c_char);
    function_attribute = "cuFuncGetAttribute"(*mut c_int, c_int, CUfunction);
    function_set = "cuFuncSetAttribute"(CUfunction, c_int, c_int);
    alloc = "cuMemAlloc_v2"(*mut CUdeviceptr, usize);
    free = "cuMemFree_v2"(CUdeviceptr);
    pinned = "cuMemHostAlloc"(*mut *mut c_void, usize, c_uint);
    pinned_address = "cuMemHostGetDevicePointer_v2"(*mut CUdeviceptr, *mut c_void, c_uint);
    stream_create = "cuStreamCreate"(*mut CUstream, c_uint);
    stream_query = "cuStreamQuery"(CUstream);
    stream_wait = "cuStreamSynchronize"(CUstream);
    copy_in = "cuMemcpyHtoDAsync_v2"(CUdeviceptr, *const c_void, usize, CUstream);
    copy_out = "cuMemcpyDtoHAsync_v2"(*mut c_void, CUdeviceptr, usize, CUstream);
    copy = "cuMemcpyDtoDAsync_v2"(CUdeviceptr, CUdeviceptr, usize, CUstream);
    fill = "cuMemsetD8Async"(CUdeviceptr, u8, usize, CUstream);
    launch = "cuLaunchKernel"(CUfunction, c_uint, c_uint, c_uint, c_uint, c_uint, c_uint, c_uint, CUstream, *mut *mut c_void, *mut *mut c_void);
}

/// What `runtime/examples/stand_in_driver` has and no driver.
const STAND_IN: &str = "tensor_wasm_stand_in\0";

/// Why there is no driver: what the system says of the library by the name that drivers
/// give it. A broken one is told from none by that.
fn absent() -> String {
    const ABSENT: &str = "there is no NVIDIA driver that can be loaded (libcuda.so.1, nvcuda.dll)";
    let name = if cfg!(windows) {
        "nvcuda.dll"
    } else {
        "libcuda.so.1"
    };
    // SAFETY: as for loading it in `bind`.
    let why = unsafe { libloading::Library::new(name) }.err();
    let why = why.as_ref().and_then(|error| error.source());
    why.map_or_else(|| ABSENT.to_owned(), |why| format!("{ABSENT}: {why}"))
}

/// The driver, loaded and initialized when it is first asked for.
///
/// # Errors
///
/// There is none, it is broken, or it does not start.
pub(super) fn driver() -> Result<&'static Driver, String> {
    static DRIVER: OnceLock<Result<Driver, String>> = OnceLock::new();
    let found = DRIVER.get_or_init(|| {
        // SAFETY: as for loading it in `bind`.
        if !unsafe { sys::is_culib_present() } {
            return Err(absent());
        }
        let driver = Driver::bind()?;
        // SAFETY: its flags must be 0, and it may be called at any time.
        let code = unsafe { (driver.init)(0) };
        match code {
            0 => Ok(driver),
            _ => Err(format!("the driver does not start: {}", Code(code))),
        }
    });
    found.as_ref().map_err(Clone::clone)
}

/// A code that the driver gave; not 0. Shown as its name, and what it means for
/// kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code(pub(super) u32);

/// The codes that have something to say here, from cuda.h.
const CODES: &[(u32, &str, &str)] = &[
    (1, "INVALID_VALUE", "a value is wrong"),
    (2, "OUT_OF_MEMORY", "the device has not enough memory"),
    (3, "NOT_INITIALIZED", "the driver was not started"),
    (4, "DEINITIALIZED", "the driver is shutting down"),
    (
        34,
        "STUB_LIBRARY",
        "the library is a stub that programs are linked with",
    ),
    (
        46,
        "DEVICE_UNAVAILABLE",
        "somebody else has the device for himself",
    ),
    (100, "NO_DEVICE", "there is no GPU that programs may use"),
    (101, "INVALID_DEVICE", "there is no device of this number"),
    (200, "INVALID_IMAGE", "the module cannot be read"),
    (201, "INVALID_CONTEXT", "the context is gone"),
    (209, "NO_BINARY_FOR_GPU", "the device cannot run the module"),
    (214, "ECC_UNCORRECTABLE", "memory of the device has failed"),
    (218, "INVALID_PTX", "the driver's compiler refuses the PTX"),
    (
        220,
        "NVLINK_UNCORRECTABLE",
        "a link between devices has failed",
    ),
    (
        221,
        "JIT_COMPILER_NOT_FOUND",
        "the driver's compiler is not installed",
    ),
    (
        222,
        "UNSUPPORTED_PTX_VERSION",
        "the driver is older than PTX 8.0, of CUDA 12.0",
    ),
    (
        223,
        "JIT_COMPILATION_DISABLED",
        "compiling PTX is switched off",
    ),
    (500, "NOT_FOUND", "there is no such name"),
    (600, "NOT_READY", "it is still running"),
    (
        700,
        "ILLEGAL_ADDRESS",
        "a thread reached memory that is not there",
    ),
    (
        701,
        "LAUNCH_OUT_OF_RESOURCES",
        "a block needs more registers than there are",
    ),
    (
        702,
        "LAUNCH_TIMEOUT",
        "the system ended it because it took too long",
    ),
    (709, "CONTEXT_IS_DESTROYED", "the context is gone"),
    (710, "ASSERT", "an assertion failed on the device"),
    (
        714,
        "HARDWARE_STACK_ERROR",
        "a thread's stack is corrupt or was exceeded",
    ),
    (
        715,
        "ILLEGAL_INSTRUCTION",
        "a thread came to an instruction that does not exist",
    ),
    (
        716,
        "MISALIGNED_ADDRESS",
        "a thread reached memory that is not aligned",
    ),
    (
        717,
        "INVALID_ADDRESS_SPACE",
        "a thread mixed up kinds of memory",
    ),
    (718, "INVALID_PC", "a thread ran to where no code is"),
    (719, "LAUNCH_FAILED", "the launch failed"),
    (721, "CONTAINED", "the device has contained an error"),
    (801, "NOT_SUPPORTED", "the system does not support it"),
    (
        802,
        "SYSTEM_NOT_READY",
        "the system is not ready: is nvidia-fabricmanager running?",
    ),
    (
        803,
        "SYSTEM_DRIVER_MISMATCH",
        "library and kernel module of the driver differ",
    ),
    (
        804,
        "COMPAT_NOT_SUPPORTED_ON_DEVICE",
        "the compatibility package is not for this device",
    ),
    (999, "UNKNOWN", "the driver does not know why"),
];

impl Code {
    /// Whether all that comes after it in the same context fails as well.
    pub(super) fn is_sticky(self) -> bool {
        matches!(
            self.0,
            4 | 201 | 214 | 220 | 700 | 702 | 709 | 710 | 714..=719 | 721 | 999
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match CODES.iter().find(|(code, ..)| *code == self.0) {
            Some((code, name, meaning)) => write!(f, "{meaning} (CUDA_ERROR_{name}, {code})"),
            None => write!(f, "the driver gives the code {}", self.0),
        }
    }
}
