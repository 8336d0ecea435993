using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads what both sides of Shadowsocks have in common: method and password.</summary>
internal static class ShadowsocksBinder
{
    /// <summary>The most octets of the text of a user's key.</summary>
    public const int MaxUserKey = 64;

    private const int MaxPassword = 1024;

    /// <summary>Reads <c>method</c> and <c>password</c>, or takes those of the URL in <c>server</c>.</summary>
    /// <returns>Null when one of them is missing or wrong.</returns>
    public static (string Method, Secret Password)? ReadSecret(MapReader reader, ShadowsocksUrl? url)
    {
        ReadContext context = reader.Context;
        ConfigNode? methodNode = reader.Take("method"), passwordNode = reader.Take("password");
        if (url is not null)
        {
            SourcePlace place = reader.Take("server")!.Place;
            foreach (ConfigNode? twice in new[] { methodNode, passwordNode })
                if (twice is not null) context.Errors.Add(twice.Place, "the URL in `server` says it already; expected one of them");
            methodNode = new ScalarNode(place, url.Method, IsPlain: false);
            passwordNode = new ScalarNode(place, url.Password, IsPlain: false);
        }
        else
        {
            methodNode ??= reader.Require("method", $"one of {string.Join(", ", ShadowsocksMethods.Names)}");
            passwordNode ??= reader.Require("password", "a secret");
        }
        ShadowsocksMethod? method = methodNode is null ? null : ReadMethod(context, methodNode);
        Secret? password = passwordNode is null ? null : context.Secrets.Read(passwordNode, MaxPassword);
        if (method is not { } known || password is null) return null;
        // What a reference leads to was not looked at.
        bool isKnown = !context.IsTextOnly || passwordNode is ScalarNode;
        if (isKnown && !ShadowsocksKeyText.TryRead(known, password.Reveal(), out _, out string? problem))
        {
            context.Errors.Add(passwordNode!.Place, problem);
            return null;
        }
        return (known.Name(), password);
    }

    /// <summary>What is wrong with a user's key, whatever the method of the inbound; null when nothing is.</summary>
    public static string? ProblemOfUserKey(Secret key) => ShadowsocksKeyText.TryReadUserKey(key.Reveal(), out _)
        ? null : "expected 16 or 32 random octets as base64, as long as the key of the method, as `openssl rand -base64 32` makes them";

    private static ShadowsocksMethod? ReadMethod(ReadContext context, ConfigNode node)
    {
        if (context.Values.Text(node, "a method") is not { } text) return null;
        if (ShadowsocksMethods.Find(text) is { } method)
        {
            if (method.IsSupported()) return method;
            context.Errors.Add(node.Place, $"{method.Name()} is not on this host");
            return null;
        }
        string expected = $"expected one of {string.Join(", ", ShadowsocksMethods.Names)}";
        bool isOld = text.Contains("-cfb", StringComparison.OrdinalIgnoreCase) || text.Contains("-ctr", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("rc4", StringComparison.OrdinalIgnoreCase) || text is "chacha20" or "chacha20-ietf" or "none" or "plain" or "table";
        context.Errors.Add(node.Place, isOld
            ? $"this method does not show what was changed on the way, and is not spoken here; {expected}" : expected);
        return null;
    }
}
