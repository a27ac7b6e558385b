//! Loads and stores.

use super::super::PtxError;
use super::super::inst::{Access, Op, Slot, Space, Src};
use super::super::program::Parameter;
use super::super::types::Type;
use super::Parser;
use super::data::SCOPES;
use super::modifiers::Modifiers;
use super::operand::Address;

const MEMORY: [&str; 14] = [
    "b8", "u8", "s8", "b16", "u16", "s16", "b32", "u32", "s32", "f32", "b64", "u64", "s64", "f64",
];

/// The state space of a modifier; without one, generic.
pub(super) fn space(name: Option<&str>) -> Space {
    match name {
        Some("global") => Space::Global,
        Some("shared") => Space::Shared,
        Some("local") => Space::Local,
        Some("const") => Space::Const,
        _ => Space::Generic,
    }
}

impl<'a> Parser<'a> {
    /// `{a, b}` of a load or store: each register of the type.
    fn elements(&mut self, ty: Type, count: u8, load: bool) -> Result<Vec<(Src, Type)>, PtxError> {
        let mut out = Vec::with_capacity(count.into());
        if count > 1 {
            self.mark(b'{')?;
        }
        for at in 0..count {
            if at > 0 {
                self.comma()?;
            }
            out.push(if load {
                let found = if count > 1 {
                    self.dst_or_sink(ty, true)
                } else {
                    self.register(ty, true)
                };
                let (slot, held) = found?;
                (Src::slot(slot), held)
            } else {
                (self.source(ty, true)?, ty)
            });
        }
        if count > 1 {
            self.mark(b'}')?;
        }
        Ok(out)
    }

    /// The modifiers of `ld` and `st`; whether it is a parameter; `.nc`.
    fn access(
        &mut self,
        m: &mut Modifiers<'a>,
        load: bool,
    ) -> Result<(Access, Type, bool), PtxError> {
        let ordered = if load {
            ["weak", "volatile", "relaxed", "acquire"]
        } else {
            ["weak", "volatile", "relaxed", "release"]
        };
        let order = m.take(&ordered);
        if matches!(order, Some("relaxed" | "acquire" | "release")) {
            m.need(&SCOPES)?;
        }
        let name = m.take(&["global", "shared", "local", "const", "param"]);
        if name == Some("const") && !load {
            return Err(m.error("constant memory is not written"));
        }
        // Caches and prefetches change no result.
        if order.is_none() {
            m.take(if load {
                &["ca", "cg", "cs", "lu", "cv"]
            } else {
                &["wb", "cg", "cs", "wt"]
            });
        }
        let read_only = load && name == Some("global") && order.is_none() && m.has("nc");
        m.take(&[
            "L1::evict_normal",
            "L1::evict_unchanged",
            "L1::evict_first",
            "L1::evict_last",
            "L1::no_allocate",
        ]);
        if load {
            m.take(&["L2::64B", "L2::128B", "L2::256B"]);
        }
        let count = match m.take(&["v2", "v4"]) {
            Some("v2") => 2,
            Some(_) => 4,
            None => 1,
        };
        let ty = m.ty(&MEMORY)?;
        m.end()?;
        if ty.bytes() * u32::from(count) > 16 {
            return Err(m.error("a vector has at most 16 bytes"));
        }
        self.program.watches |= read_only;
        let access = Access {
            space: space(name),
            bytes: ty.bytes() as u8,
            count,
            extend: 0,
            read_only,
        };
        Ok((access, ty, name == Some("param")))
    }

    pub(super) fn load(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let (access, ty, param) = self.access(m, true)?;
        let elements = self.elements(ty, access.count, true)?;
        // A register that is wider is filled by the sign, or by zeros.
        let extend = |held: Type| {
            if ty.signed() && held.bits > ty.bits {
                held.bits as u8
            } else {
                0
            }
        };
        self.comma()?;
        if param {
            for (at, slot, shape, first) in self.param_parts(m, ty, access.count)? {
                let (Ok(d), held) = (elements[at].0.split(), elements[at].1) else {
                    continue;
                };
                let (d, extend) = (d as Slot, extend(held));
                self.emit(match shape.array {
                    None if extend == 0 => Op::Move {
                        d,
                        a: Src::slot(first),
                    },
                    None => {
                        return Err(
                            m.error("a scalar parameter is loaded into a register of its size")
                        );
                    }
                    Some(_) => Op::LoadParam {
                        d,
                        first: slot,
                        bytes: access.bytes,
                        extend,
                    },
                });
            }
            return Ok(());
        }
        let (base, offset) = self.memory(access.space)?;
        let extend = extend(elements[0].1);
        if elements
            .iter()
            .any(|(_, held)| held.bits != elements[0].1.bits)
        {
            return Err(m.error("the registers of a vector differ in size"));
        }
        let access = Access { extend, ..access };
        match elements[..] {
            [(d, _)] => {
                let Ok(d) = d.split() else { return Ok(()) };
                self.emit(Op::Load {
                    access,
                    d: d as Slot,
                    base,
                    offset,
                });
            }
            _ => {
                let slots: Vec<Src> = elements.iter().map(|(slot, _)| *slot).collect();
                let parts = self.list(&slots);
                self.emit(Op::LoadVector {
                    access,
                    parts,
                    base,
                    offset,
                });
            }
        }
        Ok(())
    }

    pub(super) fn store(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let (access, ty, param) = self.access(m, false)?;
        if param {
            let address = self.param_parts(m, ty, access.count)?;
            if address.iter().any(|(.., first)| self.is_parameter(*first)) {
                return Err(m.error("a function does not write its own parameters"));
            }
            self.comma()?;
            let elements = self.elements(ty, access.count, false)?;
            for (at, slot, shape, first) in address {
                let a = elements[at].0;
                let whole = shape.array.is_none();
                let first = if whole { first } else { slot };
                self.emit(Op::StoreParam {
                    first,
                    bytes: access.bytes,
                    whole,
                    a,
                });
            }
            return Ok(());
        }
        let (base, offset) = self.memory(access.space)?;
        self.comma()?;
        let elements: Vec<Src> = self
            .elements(ty, access.count, false)?
            .iter()
            .map(|(src, _)| *src)
            .collect();
        match elements[..] {
            [a] => self.emit(Op::Store {
                access,
                a,
                base,
                offset,
            }),
            _ => {
                let parts = self.list(&elements);
                self.emit(Op::StoreVector {
                    access,
                    parts,
                    base,
                    offset,
                });
            }
        }
        Ok(())
    }

    /// `[a+4]` of `.param`: for each element its slot, the variable's shape and
    /// first slot.
    fn param_parts(
        &mut self,
        m: &Modifiers<'a>,
        ty: Type,
        count: u8,
    ) -> Result<Vec<(usize, Slot, Parameter, Slot)>, PtxError> {
        let Address::Param {
            first,
            shape,
            offset,
        } = self.address(Space::Generic)?
        else {
            return Err(m.error("expected the name of a `.param` variable"));
        };
        let Ok(offset) = u32::try_from(offset) else {
            return Err(m.error("the offset is before the variable"));
        };
        let size = shape.array.unwrap_or(shape.ty.bytes());
        if offset + ty.bytes() * u32::from(count) > size {
            return Err(m.error("the access is not inside the variable"));
        }
        if !offset.is_multiple_of(ty.bytes() * u32::from(count)) {
            return Err(m.error("the access is misaligned"));
        }
        if shape.array.is_none() && (ty.bytes() != size || count > 1) {
            return Err(m.error("a scalar parameter is accessed as a whole"));
        }
        let slot = |at: u32| {
            first
                + if shape.array.is_some() {
                    offset + at * ty.bytes()
                } else {
                    0
                }
        };
        Ok((0..u32::from(count))
            .map(|at| (at as usize, slot(at), shape, first))
            .collect())
    }
}
