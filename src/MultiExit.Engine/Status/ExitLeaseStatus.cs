using System.Net;

namespace MultiExit.Engine.Status;

/// <summary>The lease of an exit's address, which one node of a fleet at a time has.</summary>
/// <param name="Address">The address.</param>
/// <param name="IsHeld">Whether this node has it.</param>
/// <param name="Node">The node that has it, as this one last heard; null: it is not known.</param>
/// <param name="Epoch">The epoch of that node.</param>
/// <param name="Token">Counts up with each new holder of the address.</param>
/// <param name="Left">How long this node may use the address without a renewal; null: it may not.</param>
public sealed record ExitLeaseStatus(IPAddress Address, bool IsHeld, string? Node, long? Epoch, long? Token, TimeSpan? Left);
