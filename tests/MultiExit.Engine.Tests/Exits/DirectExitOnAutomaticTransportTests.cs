using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

/// <summary>The same on the system's best transport, the reactor on Linux.</summary>
public sealed class DirectExitOnAutomaticTransportTests() : DirectExitTests(TransportKind.Automatic);
