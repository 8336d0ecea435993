namespace MultiExit.Engine.Shadowsocks;

/// <summary>Why a request is none, for the log of the server alone.</summary>
/// <param name="Reason">The sentence.</param>
/// <param name="Skew">How many seconds the clocks are apart, where that is why; null: it is not.</param>
internal sealed record ShadowsocksFailure(string Reason, UInt128? Skew = null)
{
    /// <summary>Another node of the fleet has had the request.</summary>
    public static readonly ShadowsocksFailure RepeatedInFleet = new("another node of the fleet has answered the request: somebody repeats it");

    /// <summary>The clocks are too far apart.</summary>
    /// <param name="seconds">The client's time, in seconds since 1970.</param>
    /// <param name="now">The time here.</param>
    public static ShadowsocksFailure OfClocks(ulong seconds, DateTimeOffset now)
    {
        UInt128 skew = (UInt128)Int128.Abs((Int128)seconds - now.ToUnixTimeSeconds());
        return new($"the clocks of the client and of this host are {skew} s apart, or somebody repeats an old request", skew);
    }
}
