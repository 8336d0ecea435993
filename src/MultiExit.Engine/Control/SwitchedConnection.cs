using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Control;

/// <summary>Goes on with a connection in another protocol.</summary>
/// <param name="stream">The connection, at the first octet of that protocol.</param>
/// <param name="closing">Canceled when the endpoint closes.</param>
internal delegate Task SwitchedConnection(DuplexStream stream, CancellationToken closing);
