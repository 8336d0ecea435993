using System.Text;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that both sides of a tunnel have.</summary>
internal static class TunnelBinder
{
    private const int MinKeyLength = 8;
    /// <summary>The most octets of a key.</summary>
    public const int MaxKeyLength = 4096;
    private static readonly string[] MethodNames = ["chacha20-poly1305", "aes-256-gcm", "tls"];

    /// <summary>Reads the pre-shared key, or several.</summary>
    /// <returns>Empty after an error.</returns>
    public static IReadOnlyList<Secret> ReadKeys(MapReader reader)
    {
        // Where users have keys of their own, none has to be common to all.
        if (reader.Has("users") && reader.Take("key") is null) return [];
        if (reader.Require("key", "the pre-shared key, such as { file: psk.txt } (in a URL psk_file=psk.txt)") is not { } node) return [];
        List<Secret> keys = [];
        foreach ((SourcePlace place, Secret key) in reader.Context.Secrets.ReadAll(node, MaxKeyLength))
        {
            if (Problem(key) is { } problem) reader.Context.Errors.Add(place, problem);
            else keys.Add(key);
        }
        return keys;
    }

    /// <summary>Reads one method.</summary>
    public static TunnelMethodName? ReadMethod(ReadContext context, ConfigNode node) =>
        context.Values.Choice(node, MethodNames) is { } name ? (TunnelMethodName)(Array.IndexOf(MethodNames, name) + 1) : null;

    /// <summary>Reads the longest random pause.</summary>
    public static TimeSpan ReadDelay(MapReader reader) => reader.Duration(TunnelInboundConfig.DelayRange) ?? TimeSpan.Zero;

    /// <summary>What is wrong with a key; null when nothing is.</summary>
    public static string? Problem(Secret secret)
    {
        ReadOnlySpan<byte> text = secret.Reveal();
        if (!TunnelPsk.TryCreate(text, out TunnelPsk? psk)) return "the key has no 32 bytes in base64 behind base64:";
        psk.Dispose();
        return Encoding.UTF8.GetCharCount(text) < MinKeyLength
            ? "the key is too short; expected at least 8 characters, better base64: and 32 random bytes (New-MxKey makes them)"
            : null;
    }
}
