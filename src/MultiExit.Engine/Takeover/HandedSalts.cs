namespace MultiExit.Engine.Takeover;

/// <summary>The salts that a Shadowsocks inbound has seen, 32 octets each, filled up with zeros.</summary>
internal sealed record HandedSalts(string Inbound, bool Is2022, byte[] Streams, byte[] Datagrams);
