namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The content of a handshake message.</summary>
/// <param name="Method">The method: proposed by the client, repeated by the server.</param>
/// <param name="Flags">The flags: those that the client asks for; in the server's message, those in force. Unknown bits are kept, and the
/// client's fraction of the second is among them.</param>
/// <param name="Random">The 16 random bytes as a big-endian number; a client's is its key in the replay cache.</param>
/// <param name="Timestamp">The sender's time in Unix seconds.</param>
internal readonly record struct TunnelHello(TunnelMethod Method, TunnelFlags Flags, UInt128 Random, long Timestamp)
{
    private const int FractionShift = 4;
    private const int FractionsOfSecond = 1 << 12;

    /// <summary>What a client says.</summary>
    public static TunnelHello OfClient(TunnelMethod method, TunnelFlags flags, UInt128 random, DateTimeOffset now)
    {
        long fraction = now.Ticks % TimeSpan.TicksPerSecond * FractionsOfSecond / TimeSpan.TicksPerSecond;
        return new(method, flags | (TunnelFlags)(fraction << FractionShift), random, now.ToUnixTimeSeconds());
    }

    /// <summary>A client's time, as exact as it says: the beginning of the second from one that says no fraction.</summary>
    /// <remarks>Only for a message whose time is within the window: others may name a time that no calendar has.</remarks>
    public DateTimeOffset GetTime() => DateTimeOffset.FromUnixTimeSeconds(Timestamp)
        .AddTicks(((long)Flags >> FractionShift) * TimeSpan.TicksPerSecond / FractionsOfSecond);
}
