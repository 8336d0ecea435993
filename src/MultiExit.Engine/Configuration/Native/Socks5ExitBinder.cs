using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads a socks5 exit.</summary>
internal static class Socks5ExitBinder
{
    // RFC 1929 has one octet for the length of a password.
    private static readonly ProxyKeys Keys = new("socks5", "socks5://, socks5s:// or socks5+tls://") { MaxPassword = 255, NeedsPassword = true };

    /// <summary>Reads it.</summary>
    /// <returns>Null when something that the exit needs is wrong.</returns>
    public static ExitConfig? Read(MapReader reader, string? name, NameTable names) =>
        ProxyExitBinder.Read(reader, name, names, Keys, server => new Socks5ExitConfig { Name = name!, Server = server }, out _);
}
