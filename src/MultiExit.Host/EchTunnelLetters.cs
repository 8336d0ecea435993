using System.Globalization;
using MultiExit.Engine.Configuration;

namespace MultiExit.Host;

/// <summary>The letters of ech-tunnel: <c>-l -f -ip -cert -key -token -cidr -dns -ech -n -fallback</c>. With any of them ws:// and wss:// are
/// ECH tunnels.</summary>
internal static class EchTunnelLetters
{
    /// <summary>The options that are given once.</summary>
    public static readonly string[] Single = ["-f", "-cert", "-key", "-token", "-dns", "-ech", "-n"];

    /// <summary>The options that may be given several times.</summary>
    public static readonly string[] Many = ["-l", "-ip", "-cidr"];

    /// <summary>The options without a value.</summary>
    public static readonly string[] Flags = ["-fallback"];

    /// <summary>Reads them; null when none is given.</summary>
    /// <param name="command">The command that they belong to, for errors.</param>
    /// <param name="options">The options of its command line.</param>
    /// <exception cref="UsageException">-n is not a number, or a URL is given in both notations.</exception>
    public static EchTunnelParameters? Read(string command, Options options)
    {
        if (!Single.Concat(Many).Concat(Flags).Any(options.Has)) return null;
        if (options.Has("-f") && (options.Has("--forward") || options.Has("-F")))
            throw new UsageException($"{command}: -f says the same as --forward; give one of them");
        return new EchTunnelParameters
        {
            Token = options.Single("-token") is { } token ? new Secret(token) : null,
            Cidr = options.Many("-cidr"),
            Certificate = options.Single("-cert"),
            Key = options.Single("-key"),
            Doh = options.Single("-dns"),
            EchName = options.Single("-ech"),
            EchFallback = options.Has("-fallback"),
            Carriers = options.Single("-n") is { } text ? Number(command, text) : null,
            Addresses = options.Many("-ip"),
        };
    }

    private static int Number(string command, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw new UsageException($"{command}: -n is the number of channels; expected a whole number");
}
