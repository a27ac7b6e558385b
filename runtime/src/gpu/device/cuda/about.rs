//! What devices there are, without beginning anything on them.
#![expect(unsafe_code, reason = "a foreign library is called")]

use std::ffi::c_int;

use cudarc::driver::sys::CUdevice;

use super::driver::{Code, Driver, driver};

/// `CUdevice_attribute` of cuda.h.
#[derive(Clone, Copy)]
enum Attribute {
    Multiprocessors = 16,
    ThreadsOfMultiprocessor = 39,
    Major = 75,
    Minor = 76,
    SharedOptIn = 97,
}

/// What a device is.
#[derive(Clone, Debug)]
pub(super) struct About {
    pub(super) ordinal: u32,
    /// As the driver names it.
    pub(super) name: String,
    /// The version of CUDA that the driver is for, as 12040.
    pub(super) version: c_int,
    pub(super) major: c_int,
    pub(super) minor: c_int,
    pub(super) multiprocessors: c_int,
    pub(super) threads_of_multiprocessor: c_int,
    /// Bytes of workgroup memory that a block may have.
    pub(super) shared_bytes: c_int,
    pub(super) raw: CUdevice,
}

impl About {
    /// As PTX names it.
    pub(super) fn architecture(&self) -> String {
        format!("sm_{}{}", self.major, self.minor)
    }
}

/// Devices that programs may use.
pub(super) fn count(driver: &Driver) -> Result<u32, String> {
    let mut count = 0;
    // SAFETY: the driver was started, and the pointer is to an integer.
    let code = unsafe { (driver.device_count)(&raw mut count) };
    match (code, u32::try_from(count)) {
        (0, Ok(count)) if count > 0 => Ok(count),
        (0, _) => Err(Code(100).to_string()),
        _ => Err(Code(code).to_string()),
    }
}

/// Looks at a device without beginning anything on it.
pub(super) fn about(ordinal: u32) -> Result<About, String> {
    let driver = driver()?;
    let count = count(driver)?;
    let index = c_int::try_from(ordinal).ok().filter(|_| ordinal < count);
    let index = index.ok_or_else(|| {
        format!("there is no device {ordinal}: the driver has {count}, and the first is 0")
    })?;
    let told = |code: u32| match code {
        0 => Ok(()),
        _ => Err(Code(code).to_string()),
    };
    let (mut raw, mut version) = (0, 0);
    let mut name = [0_u8; 256];
    // SAFETY: the driver was started, the device is one of those that it has, and
    // the buffer is as long as is said.
    unsafe {
        told((driver.device)(&raw mut raw, index))?;
        told((driver.version)(&raw mut version))?;
        told((driver.device_name)(name.as_mut_ptr().cast(), 255, raw))?;
    }
    let attribute = |which: Attribute| {
        let mut value = 0;
        // SAFETY: the device came from the driver, the pointer is to an integer.
        told(unsafe { (driver.device_attribute)(&raw mut value, which as c_int, raw) })
            .map(|()| value)
    };
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(0);
    Ok(About {
        ordinal,
        name: String::from_utf8_lossy(&name[..end]).into_owned(),
        version,
        major: attribute(Attribute::Major)?,
        minor: attribute(Attribute::Minor)?,
        multiprocessors: attribute(Attribute::Multiprocessors)?,
        threads_of_multiprocessor: attribute(Attribute::ThreadsOfMultiprocessor)?,
        shared_bytes: attribute(Attribute::SharedOptIn)?,
        raw,
    })
}
