using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>Files of programs that are well known and are not read here: named as such, since some of their keys are also those
/// of a dialect.</summary>
internal static class ForeignFile
{
    // A file is of the first program all of whose keys it has.
    private static readonly (string Program, string[] Keys)[] Programs =
    [
        ("Shadowsocks with several servers", ["servers", "local_port"]),
        ("ss-manager", ["port_password"]),
        ("Trojan", ["run_type"]),
        ("Xray, V2Ray or sing-box", ["outbounds"]),
        ("V2Ray", ["outbound"]),
        ("Clash", ["proxies"]),
        ("Clash", ["proxy-groups"]),
        ("Clash", ["mixed-port"]),
        ("NaiveProxy", ["listen", "proxy"]),
        ("frp", ["serverAddr"]),
    ];

    /// <summary>The program that a document is for; null when it is none of them.</summary>
    public static string? ProgramOf(MapNode root)
    {
        foreach ((string program, string[] keys) in Programs)
            if (Array.TrueForAll(keys, key => root.Find(key) is not null)) return program;
        // A server of multiexit-proxy is a mapping.
        return root.Find("server")?.Value is ScalarNode && root.Find("auth")?.Value is ScalarNode ? "Hysteria" : null;
    }
}
