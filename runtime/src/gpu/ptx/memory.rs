//! Loads, stores, and what fills and copies memory.

use std::fmt::Write as _;

use super::Layout;
use super::calls::call;
use super::context::STATE;
use super::function::FunctionWriter;
use crate::TrapCode;
use crate::gpu::ir::{Access, Op, Space, Value};
use crate::gpu::lower::{Check, Loaded, end, is_aligned};

/// Bits of an offset in a page.
const PAGE_BITS: u32 = 16;

/// Bounds that a function keeps in registers.
const MOST_BOUNDS: usize = 8;

/// The largest offset that stands in an instruction: SASS has 24 bits, with a sign.
const MOST_DISPLACEMENT: u32 = (1 << 23) - 1;

/// Where an access goes.
pub(super) struct Place {
    /// The state space that the address is in, as PTX names it.
    pub(super) space: &'static str,
    /// The register of the address in it.
    register: String,
    /// What is added to that.
    displacement: u32,
}

impl Place {
    /// The address as an instruction has it, so many bytes further.
    pub(super) fn at(&self) -> String {
        match self.displacement {
            0 => format!("[{}]", self.register),
            more => format!("[{}+{more}]", self.register),
        }
    }
}

impl FunctionWriter<'_, '_> {
    /// What is left of the instructions.
    pub(super) fn memory(&mut self, op: &Op, result: Option<Value>, offset: u32) {
        match (op, result) {
            (Op::Load { access, signed }, Some(result)) => match self.loaded() {
                Loaded::Alone => self.load(*access, *signed, result, offset),
                Loaded::Vector(results) => self.load_vector(*access, &results, offset),
                Loaded::Before => {}
            },
            (Op::Store(access, value), _) => self.store(*access, *value, offset),
            (Op::MemorySize, Some(result)) => {
                let (size, to) = (self.size(Space::Arena), self.register(result));
                let pages = self.long();
                self.line(&format!("shr.u64 {pages}, {size}, {PAGE_BITS};"));
                self.line(&format!("cvt.u32.u64 {to}, {pages};"));
            }
            (Op::MemoryGrow(pages), Some(result)) => self.grow(*pages, result),
            (Op::MemoryFill(space, values), _) => self.fill(*space, *values, offset),
            (Op::MemoryCopy(spaces, values), _) => self.copy(*spaces, *values, offset),
            (Op::MemoryInit(space, segment, values), _) => {
                self.init(*space, *segment, *values, offset);
            }
            _ => self.atomic(op, result, offset),
        }
    }

    /// The address of the state.
    pub(super) fn state(&mut self) -> String {
        let state = self.long();
        self.line(&format!("ld.local.b64 {state}, [%context+{STATE}];"));
        state
    }

    /// Bytes of a memory, as they are now.
    pub(super) fn size(&mut self, space: Space) -> String {
        match space {
            Space::Workgroup => return self.writer.module.workgroup_bytes.to_string(),
            Space::Arena if !self.writer.module.grows => return "%size".to_owned(),
            Space::Arena => {}
        }
        let (state, size) = (self.state(), self.long());
        let pages = Layout::PAGES;
        self.line(&format!(
            "ld.volatile.global.b64 {size}, [{state}+{pages}];"
        ));
        self.line(&format!("shl.b64 {size}, {size}, {PAGE_BITS};"));
        size
    }

    /// Where an access goes, once it is known to be in bounds.
    pub(super) fn place(&mut self, access: Access, offset: u32) -> Place {
        match self.check() {
            Check::Known => self.writer.stats.known_bounds += 1,
            Check::Own => {
                let beyond = self.beyond(access);
                self.trap_if(&beyond, TrapCode::OutOfBoundsMemoryAccess, offset);
            }
            Check::Together(members) => self.check_together(&members),
        }
        let (at, address) = (self.long(), self.long());
        let base = self.base(access.space);
        let register = self.register(access.address);
        self.line(&format!("cvt.u64.u32 {at}, {register};"));
        self.line(&format!("add.u64 {address}, {base}, {at};"));
        let displacement = if access.offset <= MOST_DISPLACEMENT {
            access.offset
        } else {
            self.line(&format!("add.u64 {address}, {address}, {};", access.offset));
            0
        };
        Place {
            space: named(access.space),
            register: address,
            displacement,
        }
    }

    /// A predicate that holds if an access is not all in bounds.
    fn beyond(&mut self, access: Access) -> String {
        self.writer.stats.bounds += 1;
        let (beyond, register) = (self.predicate(), self.register(access.address));
        let end = end(&access);
        if let Some(bound) = self.bound(access.space, end) {
            self.line(&format!("setp.ge.u32 {beyond}, {register}, {bound};"));
            return beyond;
        }
        // In 64 bits nothing wraps.
        let at = self.long();
        self.line(&format!("cvt.u64.u32 {at}, {register};"));
        self.line(&format!("add.u64 {at}, {at}, {end};"));
        let size = self.size(access.space);
        self.line(&format!("setp.gt.u64 {beyond}, {at}, {size};"));
        beyond
    }

    /// The first address from which so many bytes are not all in bounds: a number or
    /// a register of 32 bits. None where it has to be found out at the access.
    fn bound(&mut self, space: Space, end: u64) -> Option<String> {
        if space == Space::Workgroup {
            let size = u64::from(self.writer.module.workgroup_bytes);
            return Some((size + 1).saturating_sub(end).to_string());
        }
        // The last byte of 4 GiB has an address that no bound is above.
        if self.writer.module.grows || end < 2 {
            return None;
        }
        let known = self.bounds.iter().position(|known| *known == end);
        let number = match known {
            Some(number) => number,
            None if self.bounds.len() < MOST_BOUNDS => {
                self.bounds.push(end);
                self.bounds.len() - 1
            }
            None => return None,
        };
        Some(format!("%bound{number}"))
    }

    /// Sets the registers of [`FunctionWriter::bound`]: what begins a function.
    pub(super) fn bounds_text(bounds: &[u64]) -> String {
        let mut text = String::new();
        for (number, end) in bounds.iter().enumerate() {
            let less = end - 1;
            let _ = write!(
                text,
                "    setp.lt.u64 %full, %size, {end};\n    sub.u64 %first, %size, {less};\n    \
                 selp.b64 %first, 0, %first, %full;\n    cvt.u32.u64 %bound{number}, %first;\n"
            );
        }
        text
    }

    /// Checks loads from one address at once. If one is not in bounds, the first of
    /// those traps.
    fn check_together(&mut self, members: &[(u32, Access)]) {
        let Some((_, furthest)) = members.last() else {
            return;
        };
        self.writer.stats.merged_bounds += members.len() - 1;
        let beyond = self.beyond(*furthest);
        let failed = self.label();
        self.line(&format!("@{beyond} bra {failed};"));
        let so_far = std::mem::take(&mut self.body);
        let _ = writeln!(self.body, "{failed}:");
        for (offset, access) in members {
            // Counted above.
            let stats = self.writer.stats;
            let beyond = self.beyond(*access);
            self.writer.stats = stats;
            self.trap_if(&beyond, TrapCode::OutOfBoundsMemoryAccess, *offset);
        }
        // Not reached; an assembler does not know that.
        self.line("exit;");
        let failing = std::mem::replace(&mut self.body, so_far);
        self.cold.push_str(&failing);
    }

    /// Where a memory begins, in its own state space.
    pub(super) fn base(&mut self, space: Space) -> String {
        match space {
            Space::Arena => "%base".to_owned(),
            Space::Workgroup => {
                let base = self.long();
                self.line(&format!("mov.b64 {base}, workgroup;"));
                base
            }
        }
    }

    /// A predicate that holds if an address is no multiple of its access's width;
    /// none if it is for sure. The memory itself begins at a multiple of all.
    pub(super) fn odd(&mut self, access: Access) -> Option<String> {
        let width = u32::from(access.width);
        if width == 1 || access.proved.alignment || is_aligned(&access, &self.facts.zero_bits) {
            self.writer.stats.known_alignments += 1;
            return None;
        }
        self.writer.stats.alignments += 1;
        let (low, odd) = (self.word(), self.predicate());
        let register = self.register(access.address);
        let more = access.offset % width;
        if more > 0 {
            self.line(&format!("add.u32 {low}, {register}, {more};"));
            self.line(&format!("and.b32 {low}, {low}, {};", width - 1));
        } else {
            self.line(&format!("and.b32 {low}, {register}, {};", width - 1));
        }
        self.line(&format!("setp.ne.u32 {odd}, {low}, 0;"));
        Some(odd)
    }

    /// Loads side by side, as one.
    fn load_vector(&mut self, access: Access, results: &[Value], offset: u32) {
        let place = self.place(access, offset);
        self.writer.stats.merged_loads += results.len() - 1;
        self.writer.stats.known_alignments += results.len();
        let registers: Vec<String> = results.iter().map(|value| self.register(*value)).collect();
        self.line(&format!(
            "ld.{}.v{}.b{} {{{}}}, {};",
            place.space,
            results.len(),
            8 * u32::from(access.width),
            registers.join(", "),
            place.at()
        ));
    }

    fn load(&mut self, access: Access, signed: bool, to: Value, offset: u32) {
        let width = access.width;
        let place = self.place(access, offset);
        let ty = self.type_of(to);
        let register = self.register(to);
        let wide = u32::from(width) * 8;
        let letter = match (wide == ty.bits(), signed) {
            (true, _) => 'b',
            (false, true) => 's',
            (false, false) => 'u',
        };
        let (space, at) = (place.space, place.at());
        let read = format!("ld.{space}.{letter}{wide} {register}, {at};");
        let Some(odd) = self.odd(access) else {
            self.line(&read);
            return;
        };
        let [slow, done] = [(); 2].map(|()| self.label());
        self.line(&format!("@{odd} bra {slow};"));
        self.line(&read);
        let _ = writeln!(self.body, "{done}:");
        let value = self.long();
        let generic = self.generic(&slow, &place);
        call(
            &mut self.cold,
            &format!("load_bytes{width}"),
            &[("b64", generic)],
            &[("b64", value.clone())],
        );
        let letter = if signed { 's' } else { 'u' };
        let _ = match ty.bits() {
            64 if wide == 64 => writeln!(self.cold, "    mov.b64 {register}, {value};"),
            64 => writeln!(
                self.cold,
                "    cvt.{letter}64.{letter}{wide} {register}, {value};"
            ),
            _ if wide == 32 => writeln!(self.cold, "    cvt.u32.u64 {register}, {value};"),
            _ => {
                let word = self.word();
                writeln!(
                    self.cold,
                    "    cvt.u32.u64 {word}, {value};\n    \
                     cvt.{letter}32.{letter}{wide} {register}, {word};"
                )
            }
        };
        let _ = writeln!(self.cold, "    bra {done};");
    }

    /// The register of a place's whole address.
    pub(super) fn whole(&mut self, place: &Place) -> String {
        let whole = self.long();
        let Place {
            register,
            displacement,
            ..
        } = place;
        self.line(&format!("add.u64 {whole}, {register}, {displacement};"));
        whole
    }

    /// Begins what is done seldom, with the generic address of a place.
    fn generic(&mut self, label: &str, place: &Place) -> String {
        let generic = self.long();
        let Place {
            space,
            register,
            displacement,
        } = place;
        let _ = writeln!(
            self.cold,
            "{label}:\n    add.u64 {generic}, {register}, {displacement};\n    \
             cvta.{space}.u64 {generic}, {generic};"
        );
        generic
    }

    fn store(&mut self, access: Access, value: Value, offset: u32) {
        let width = access.width;
        let place = self.place(access, offset);
        let register = self.register(value);
        let wide = u32::from(width) * 8;
        let write = format!("st.{}.b{wide} {}, {register};", place.space, place.at());
        let Some(odd) = self.odd(access) else {
            self.line(&write);
            return;
        };
        let [slow, done] = [(); 2].map(|()| self.label());
        self.line(&format!("@{odd} bra {slow};"));
        self.line(&write);
        let _ = writeln!(self.body, "{done}:");
        let long = self.long();
        let widened = match self.type_of(value).bits() {
            32 => format!("cvt.u64.u32 {long}, {register};"),
            _ => format!("mov.b64 {long}, {register};"),
        };
        let generic = self.generic(&slow, &place);
        let _ = writeln!(self.cold, "    {widened}");
        call(
            &mut self.cold,
            &format!("store_bytes{width}"),
            &[("b64", generic), ("b64", long)],
            &[],
        );
        let _ = writeln!(self.cold, "    bra {done};");
    }
}

/// The state space that a memory is in.
pub(super) fn named(space: Space) -> &'static str {
    match space {
        Space::Arena => "global",
        Space::Workgroup => "shared",
    }
}
