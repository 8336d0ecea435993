namespace MultiExit.Engine.Status;

/// <summary>How much one of several keys or tokens of an inbound is in use: whether the old one can be removed.</summary>
/// <param name="Index">Its place in the list of the configuration, from 0, as in <c>inbounds[edge].key[0]</c>.</param>
/// <param name="Carriers">The live connections of clients that came in with it.</param>
/// <param name="TotalCarriers">All of them since the start, or since the key is in the configuration.</param>
/// <param name="LastUsed">When the last one came in; null: none has.</param>
public sealed record SecretStatus(int Index, int Carriers, long TotalCarriers, DateTimeOffset? LastUsed);
