namespace MultiExit.Engine.Status;

/// <summary>What a user has done since the start of a server.</summary>
internal sealed record UserTotal(string Name, int Live, long Sessions, long BytesUp, long BytesDown);
