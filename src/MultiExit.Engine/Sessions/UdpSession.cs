using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Sessions;

/// <summary>A UDP association as a session: routes each datagram by its destination and keeps one flow for each exit in use.</summary>
internal abstract class UdpSession(SessionTable table, long id, RequestInfo request, DateTimeOffset started)
    : Session(table, id, request, started)
{
    /// <summary>Sends one datagram of the client to its destination; when the datagram has to wait, a copy of it. A datagram that no exit takes is
    /// dropped. Waits for the limits of the client, never for a destination. One caller at a time.</summary>
    public abstract ValueTask SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken);

    /// <summary>Ends the flows.</summary>
    public abstract ValueTask CloseAsync();
}
