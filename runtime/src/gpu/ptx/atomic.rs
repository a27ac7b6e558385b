//! Atomic accesses: all in one order, as WebAssembly says.
//!
//! Each is a fence and an operation with the order beside it, as the formal model of
//! PTX maps the sequentially consistent operations of C++: Lustig, Sahasrabuddhe and
//! Giroux, "A Formal Analysis of the NVIDIA PTX Memory Consistency Model", ASPLOS
//! 2019, figure 11.

use std::fmt::Write as _;

use super::function::FunctionWriter;
use super::memory::Place;
use crate::TrapCode;
use crate::gpu::ir::{Access, Op, Rmw, Value};

/// The fence before every one of them.
const FENCE: &str = "fence.sc.gpu;";

impl FunctionWriter<'_, '_> {
    pub(super) fn atomic(&mut self, op: &Op, result: Option<Value>, offset: u32) {
        match (op, result) {
            (Op::Fence, _) => self.line(FENCE),
            (Op::AtomicLoad(access), Some(result)) => {
                let place = self.atomic_place(*access, offset);
                let (to, bits) = (self.result_word(*access), 8 * u32::from(access.width));
                let (space, at) = (place.space, place.at());
                let letter = if bits < 32 { 'u' } else { 'b' };
                self.line(FENCE);
                self.line(&format!(
                    "ld.acquire.gpu.{space}.{letter}{bits} {to}, {at};"
                ));
                self.widen(&to, *access, result);
            }
            (Op::AtomicStore(access, value), _) => {
                let place = self.atomic_place(*access, offset);
                let value = self.narrow(*value, *access);
                let (space, at) = (place.space, place.at());
                let bits = 8 * u32::from(access.width);
                self.line(FENCE);
                self.line(&format!("st.release.gpu.{space}.b{bits} {at}, {value};"));
            }
            (Op::AtomicRmw(access, rmw, value), Some(result)) => {
                let place = self.atomic_place(*access, offset);
                let value = self.narrow(*value, *access);
                let old = self.result_word(*access);
                self.line(FENCE);
                if access.width < 4 {
                    self.in_word(&place, *access, &old, |writer, old, new| {
                        writer.apply(*rmw, old, &value, new);
                        None
                    });
                } else {
                    self.rmw(&place, *access, *rmw, &value, &old);
                }
                self.widen(&old, *access, result);
            }
            (Op::AtomicCompareExchange(access, expected, new), Some(result)) => {
                let place = self.atomic_place(*access, offset);
                let [wanted, new] = [*expected, *new].map(|value| self.narrow(value, *access));
                let old = self.result_word(*access);
                self.line(FENCE);
                if access.width < 4 {
                    self.in_word(&place, *access, &old, |writer, old, replaced| {
                        let differs = writer.predicate();
                        writer.line(&format!("setp.ne.u32 {differs}, {old}, {wanted};"));
                        writer.line(&format!("mov.b32 {replaced}, {new};"));
                        Some(differs)
                    });
                } else {
                    let (space, at) = (place.space, place.at());
                    let bits = 8 * u32::from(access.width);
                    self.line(&format!(
                        "atom.acq_rel.gpu.{space}.cas.b{bits} {old}, {at}, {wanted}, {new};"
                    ));
                }
                self.widen(&old, *access, result);
            }
            _ => {}
        }
    }

    /// Where an access goes that must be aligned.
    fn atomic_place(&mut self, access: Access, offset: u32) -> Place {
        if let Some(odd) = self.odd(access) {
            self.trap_if(&odd, TrapCode::UnalignedAtomic, offset);
        }
        self.place(access, offset)
    }

    /// A register for what is in memory: of 64 bits for 8 bytes, else of 32.
    fn result_word(&mut self, access: Access) -> String {
        match access.width {
            8 => self.long(),
            _ => self.word(),
        }
    }

    /// As many bytes of a value as are accessed, with zeros above.
    fn narrow(&mut self, value: Value, access: Access) -> String {
        let register = self.register(value);
        let word = match self.type_of(value).bits() {
            64 if access.width < 8 => {
                let word = self.word();
                self.line(&format!("cvt.u32.u64 {word}, {register};"));
                word
            }
            _ => register,
        };
        if access.width >= 4 {
            return word;
        }
        let narrow = self.word();
        self.line(&format!("and.b32 {narrow}, {word}, {};", mask(access)));
        narrow
    }

    /// Puts what was in memory into a result.
    fn widen(&mut self, word: &str, access: Access, result: Value) {
        let to = self.register(result);
        let line = match self.type_of(result).bits() {
            64 if access.width < 8 => format!("cvt.u64.u32 {to}, {word};"),
            64 => format!("mov.b64 {to}, {word};"),
            _ => format!("mov.b32 {to}, {word};"),
        };
        self.line(&line);
    }

    /// An operation that a GPU has, on 4 or 8 bytes.
    fn rmw(&mut self, place: &Place, access: Access, rmw: Rmw, value: &str, old: &str) {
        let bits = 8 * u32::from(access.width);
        let (space, at) = (place.space, place.at());
        let (name, letter) = match rmw {
            Rmw::Add | Rmw::Sub => ("add", 'u'),
            Rmw::And => ("and", 'b'),
            Rmw::Or => ("or", 'b'),
            Rmw::Xor => ("xor", 'b'),
            Rmw::Exchange => ("exch", 'b'),
        };
        let mut value = value.to_owned();
        if rmw == Rmw::Sub {
            let negative = self.result_word(access);
            self.line(&format!("neg.s{bits} {negative}, {value};"));
            value = negative;
        }
        self.line(&format!(
            "atom.acq_rel.gpu.{space}.{name}.{letter}{bits} {old}, {at}, {value};"
        ));
    }

    /// `new = old rmw value`, of 32 bits.
    fn apply(&mut self, rmw: Rmw, old: &str, value: &str, new: &str) {
        let line = match rmw {
            Rmw::Add => format!("add.u32 {new}, {old}, {value};"),
            Rmw::Sub => format!("sub.u32 {new}, {old}, {value};"),
            Rmw::And => format!("and.b32 {new}, {old}, {value};"),
            Rmw::Or => format!("or.b32 {new}, {old}, {value};"),
            Rmw::Xor => format!("xor.b32 {new}, {old}, {value};"),
            Rmw::Exchange => format!("mov.b32 {new}, {value};"),
        };
        self.line(&line);
    }

    /// An operation on one or two bytes, which no GPU has: on the word that they are
    /// in, again and again until nobody else was there between. `change` writes what
    /// makes the new bytes of the old ones, and may give a predicate that says to
    /// leave them.
    fn in_word(
        &mut self,
        place: &Place,
        access: Access,
        old: &str,
        change: impl FnOnce(&mut Self, &str, &str) -> Option<String>,
    ) {
        let space = place.space;
        let mask = mask(access);
        let word_at = self.long();
        let [low, shift, word, new, kept, found, outside] = [(); 7].map(|()| self.word());
        let lost = self.predicate();
        let again = self.label();
        let address = self.whole(place);
        self.line(&format!("and.b64 {word_at}, {address}, -4;"));
        // The memory begins at a multiple of 4.
        self.line(&format!("cvt.u32.u64 {low}, {address};"));
        self.line(&format!("and.b32 {low}, {low}, 3;"));
        self.line(&format!("shl.b32 {shift}, {low}, 3;"));
        self.line(&format!("mov.b32 {outside}, {mask};"));
        self.line(&format!("shl.b32 {outside}, {outside}, {shift};"));
        self.line(&format!("not.b32 {outside}, {outside};"));
        self.line(&format!("ld.relaxed.gpu.{space}.b32 {word}, [{word_at}];"));
        let _ = writeln!(self.body, "{again}:");
        self.line(&format!("shr.u32 {old}, {word}, {shift};"));
        self.line(&format!("and.b32 {old}, {old}, {mask};"));
        let leave = change(self, old, &new);
        self.line(&format!("and.b32 {new}, {new}, {mask};"));
        self.line(&format!("shl.b32 {new}, {new}, {shift};"));
        self.line(&format!("and.b32 {kept}, {word}, {outside};"));
        self.line(&format!("or.b32 {new}, {new}, {kept};"));
        if let Some(leave) = leave {
            // Written back as it is: that it still is so has to be seen.
            self.line(&format!("selp.b32 {new}, {word}, {new}, {leave};"));
        }
        self.line(&format!(
            "atom.acq_rel.gpu.{space}.cas.b32 {found}, [{word_at}], {word}, {new};"
        ));
        self.line(&format!("setp.ne.u32 {lost}, {found}, {word};"));
        self.line(&format!("mov.b32 {word}, {found};"));
        self.line(&format!("@{lost} bra {again};"));
    }
}

/// The bits that an access of one or two bytes has.
fn mask(access: Access) -> u32 {
    match access.width {
        1 => 0xff,
        _ => 0xffff,
    }
}
