using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

public sealed class DirectExitOnPortableTransportTests() : DirectExitTests(TransportKind.Portable);
