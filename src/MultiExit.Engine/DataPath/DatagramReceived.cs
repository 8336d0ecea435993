using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.DataPath;

/// <summary>A received datagram: its length in the caller's buffer and who sent it.</summary>
internal readonly record struct DatagramReceived(int Length, Destination Source);
