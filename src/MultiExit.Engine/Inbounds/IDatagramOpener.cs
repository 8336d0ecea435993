using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace MultiExit.Engine.Inbounds;

/// <summary>Opens the datagrams of a port, of a protocol that seals them, before anything is kept for their sender: its address may be a forged one.
/// Thread-safe.</summary>
internal interface IDatagramOpener
{
    /// <summary>Opens a datagram.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="stateOf">What is kept of a client; null where it is a new one.</param>
    /// <param name="opened">What it says.</param>
    /// <param name="refusal">Why it is dropped, for the log.</param>
    bool TryOpen(
        ReadOnlySpan<byte> datagram, IPEndPoint source, Func<DatagramClient, IDisposable?> stateOf, out OpenedDatagram opened,
        [NotNullWhen(false)] out string? refusal);
}
