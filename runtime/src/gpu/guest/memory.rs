//! The memory of a core module, which its pointers point into.

use wasmtime::{AsContextMut as _, Caller, Error, Extern, Memory, Result, bail};

use super::GpuView;

/// An address and a length, as a guest passes them.
pub(super) type Bytes = (i32, i32);

pub(super) fn text<T: GpuView>(caller: &mut Caller<'_, T>, bytes: Bytes) -> Result<String> {
    let bytes = slice(caller, bytes)?;
    let text = str::from_utf8(bytes).map_err(|error| Error::msg(format!("a text: {error}")))?;
    Ok(text.to_owned())
}

/// Writes as much of a text as there is room for; gives its length.
pub(super) fn put_text<T: GpuView>(
    caller: &mut Caller<'_, T>,
    (to, room): Bytes,
    text: &str,
) -> Result<i32> {
    let room = usize::try_from(room.cast_unsigned()).unwrap_or(usize::MAX);
    let length = room.min(text.len());
    put(caller, to, &text.as_bytes()[..length])?;
    Ok(i32::try_from(text.len()).unwrap_or(i32::MAX))
}

pub(super) fn put<T: GpuView>(caller: &mut Caller<'_, T>, to: i32, bytes: &[u8]) -> Result<()> {
    let length = i32::try_from(bytes.len()).unwrap_or(-1);
    slice(caller, (to, length))?.copy_from_slice(bytes);
    Ok(())
}

/// Bytes of the guest's memory.
pub(super) fn slice<'a, T: GpuView>(
    caller: &'a mut Caller<'_, T>,
    (at, length): Bytes,
) -> Result<&'a mut [u8]> {
    let memory = exported(caller)?;
    let data = memory.data_mut(caller.as_context_mut());
    let size = data.len();
    let at = usize::try_from(at.cast_unsigned()).unwrap_or(usize::MAX);
    let length = usize::try_from(length.cast_unsigned()).unwrap_or(usize::MAX);
    match data.get_mut(at..at.saturating_add(length)) {
        Some(bytes) => Ok(bytes),
        None => bail!("{length} bytes at {at:#x} are not within the guest's memory of {size}"),
    }
}

fn exported<T: GpuView>(caller: &mut Caller<'_, T>) -> Result<Memory> {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => Ok(memory),
        _ => bail!("a guest of `gpu` must export a memory as `memory`"),
    }
}
