namespace MultiExit.Engine.Records.Traffic;

/// <summary>What has come to a row.</summary>
/// <param name="Sessions">Sessions.</param>
/// <param name="Failed">Those of them that were refused, or whose target was not reached.</param>
/// <param name="BytesUp">Bytes from clients to targets.</param>
/// <param name="BytesDown">Bytes from targets to clients.</param>
/// <param name="DialMs">How long a dial took that succeeded; null for none.</param>
internal readonly record struct TrafficDelta(int Sessions, int Failed, long BytesUp, long BytesDown, double? DialMs = null);
