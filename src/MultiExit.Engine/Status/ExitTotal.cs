namespace MultiExit.Engine.Status;

/// <summary>What went through an exit or group since the start of a server.</summary>
internal sealed record ExitTotal(string Name, long Dials, long BytesUp, long BytesDown);
