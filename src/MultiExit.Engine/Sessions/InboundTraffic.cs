using MultiExit.Engine.States;

namespace MultiExit.Engine.Sessions;

/// <summary>What went through an inbound, live sessions included.</summary>
/// <param name="Inbound">The inbound.</param>
/// <param name="Bytes">The bytes of its sessions, by exit.</param>
internal sealed record InboundTraffic(string Inbound, IReadOnlyDictionary<ExitState, (long Up, long Down)> Bytes);
