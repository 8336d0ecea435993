using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.DataPath;

/// <summary>A received datagram: its length in the caller's buffer and its sender.</summary>
internal readonly record struct DatagramReceived(int Length, Destination Source);
