using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Inbounds;

/// <summary>A datagram that has been opened, and is genuine.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="State">What is kept of that client, from its first datagram on (<see cref="ClientDatagrams.State"/>).</param>
/// <param name="IsFirst">Whether this is its first one.</param>
/// <param name="Destination">Where it goes.</param>
/// <param name="Payload">What it carries; valid until the next one is opened.</param>
internal readonly record struct OpenedDatagram(DatagramClient Client, IDisposable State, bool IsFirst, Destination Destination, ReadOnlyMemory<byte> Payload);
