//! What is done in a case, one thing at a time.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of a directive of a script, or of a step of a fixture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectiveKind {
    /// The script itself: it must parse.
    Script,
    /// Compile and instantiate.
    Module,
    /// Compile.
    ModuleDefinition,
    /// Instantiate a definition.
    ModuleInstance,
    /// Make an instance importable.
    Register,
    /// Call a function.
    Invoke,
    /// Read a global.
    Get,
    /// An action must return these results.
    AssertReturn,
    /// An action or an instantiation must trap.
    AssertTrap,
    /// A call must exhaust the stack.
    AssertExhaustion,
    /// A module must not validate.
    AssertInvalid,
    /// A module must not decode or parse.
    AssertMalformed,
    /// A custom section must not validate.
    AssertInvalidCustom,
    /// A custom section must not decode or parse.
    AssertMalformedCustom,
    /// A module must not link.
    AssertUnlinkable,
    /// A call must throw.
    AssertException,
    /// A call must suspend without a handler.
    AssertSuspension,
    /// Start a thread.
    Thread,
    /// Wait for a thread.
    Wait,
    /// A limit or capacity must be reported.
    AssertLimit,
    /// Run a kernel in every thread of a grid.
    Launch,
    /// Write a memory.
    WriteMemory,
    /// A memory must hold these bytes.
    Memory,
    /// A call must have used this much fuel.
    Fuel,
    /// A text must equal its approved version.
    Golden,
    /// What a program's files say of it must make sense.
    Configuration,
    /// Start a program.
    Run,
    /// A program must end with an exit code.
    WaitExit,
    /// Read from a program's output.
    Read,
    /// Write to a program's input.
    Write,
    /// Connect to a program.
    Connect,
    /// Write to a connection.
    Send,
    /// Read from a connection.
    Recv,
    /// Make an HTTP request of a program.
    Request,
    /// Send a program a signal.
    Kill,
    /// What is compared must have been all there was.
    Rest,
    /// A server must have been called.
    Server,
}

impl DirectiveKind {
    /// The name in scripts and reports.
    pub fn name(self) -> &'static str {
        match self {
            DirectiveKind::Script => "script",
            DirectiveKind::Module => "module",
            DirectiveKind::ModuleDefinition => "module definition",
            DirectiveKind::ModuleInstance => "module instance",
            DirectiveKind::Register => "register",
            DirectiveKind::Invoke => "invoke",
            DirectiveKind::Get => "get",
            DirectiveKind::AssertReturn => "assert_return",
            DirectiveKind::AssertTrap => "assert_trap",
            DirectiveKind::AssertExhaustion => "assert_exhaustion",
            DirectiveKind::AssertInvalid => "assert_invalid",
            DirectiveKind::AssertMalformed => "assert_malformed",
            DirectiveKind::AssertInvalidCustom => "assert_invalid_custom",
            DirectiveKind::AssertMalformedCustom => "assert_malformed_custom",
            DirectiveKind::AssertUnlinkable => "assert_unlinkable",
            DirectiveKind::AssertException => "assert_exception",
            DirectiveKind::AssertSuspension => "assert_suspension",
            DirectiveKind::Thread => "thread",
            DirectiveKind::Wait => "wait",
            DirectiveKind::AssertLimit => "limit check",
            DirectiveKind::Launch => "launch",
            DirectiveKind::WriteMemory => "memory write",
            DirectiveKind::Memory => "memory check",
            DirectiveKind::Fuel => "fuel check",
            DirectiveKind::Golden => "golden",
            DirectiveKind::Configuration => "configuration",
            DirectiveKind::Run => "run",
            DirectiveKind::WaitExit => "wait",
            DirectiveKind::Read => "read",
            DirectiveKind::Write => "write",
            DirectiveKind::Connect => "connect",
            DirectiveKind::Send => "send",
            DirectiveKind::Recv => "recv",
            DirectiveKind::Request => "request",
            DirectiveKind::Kill => "kill",
            DirectiveKind::Rest => "end of output",
            DirectiveKind::Server => "server",
        }
    }
}

impl DirectiveKind {
    /// Whether it is an operation on a program, which is named by its place
    /// among the case's operations and not by a line.
    pub fn is_operation(self) -> bool {
        use DirectiveKind as Kind;
        matches!(
            self,
            Kind::Run
                | Kind::WaitExit
                | Kind::Read
                | Kind::Write
                | Kind::Connect
                | Kind::Send
                | Kind::Recv
                | Kind::Request
                | Kind::Kill
        )
    }
}

impl fmt::Display for DirectiveKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A directive before it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directive {
    /// Its line in the script, from one; zero where there are no lines.
    pub line: usize,
    /// What it does.
    pub kind: DirectiveKind,
}
