using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;

namespace MultiExit.Fuzz.Targets;

/// <summary>URLs: the first line is the upstream (or empty), each other one is where to listen. Outcomes: a configuration, or
/// errors.</summary>
internal static class UrlTarget
{
    public static FuzzTarget Target => new("url", Run)
    {
        MaxLength = 500,
        Words =
        [
            "socks5://", "http://", "https://", "mixed://", "socks5s://", "mixed+tls://", "tcp://", "ws://", "wss://", "tunnel://",
            "ech-tunnel://", "direct://", "u:p@", "127.0.0.1:1080", "[::1]:1080", "?", "&", "=", "%", "%00", "%ff",
            "%25", "#", "/", ",", "name=a", "key=k", "self_signed=true", "sni=a", "timeout=1s", "retries=1", @"\n", "token=t",
            "cidr=10.0.0.0/8", "ss://", "udp://", "relay+tls://", "strategy=fifo", "h1:1,h2:2"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        string text = System.Text.Unicode.Utf8.IsValid(input) ? Encoding.UTF8.GetString(input) : Encoding.Latin1.GetString(input);
        string[] lines = text.Split('\n');
        foreach (string line in lines) CheckUrl(line);
        foreach (EchTunnelParameters? parameters in (EchTunnelParameters?[])[null, new()])
        {
            Meter meter = new();
            ConfigResult result = ConfigLoader.FromUrlChain(lines[1..], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), parameters, null,
                _ => "/nonexistent/multiexit-fuzz");
            // Each empty line is a URL too, and costs an error that names all schemes.
            meter.Check(input.Length, 20000, 512 * 1024);
            Claim.Same(result.Config is null, result.Errors.Count > 0, "errors come without a configuration");
            foreach (ConfigError error in result.Errors) Claim.That(error.Message.Length > 0 && !error.ToString().Any(char.IsControl),
                $"an error is empty or has a control character: {error}");
        }
    }

    private static void CheckUrl(string text)
    {
        Meter meter = new();
        string? problem = EndpointUrl.Parse(text, out EndpointUrl? url);
        meter.Check(text.Length, 200, 4096);
        Claim.Same(url is null, problem is not null, "a problem comes without a URL");
        if (url is null) return;
        Claim.That(url.User is not "" && (url.Password is null || url.User is not null), "a password has no user");
        if (url.User is null) return;
        string password = url.Password is null ? "" : ":" + Uri.EscapeDataString(url.Password);
        string written = $"{url.Scheme}://{Uri.EscapeDataString(url.User)}{password}@{url.Authority}{url.Path}";
        Claim.Same(null, EndpointUrl.Parse(written, out EndpointUrl? again), "a URL that was written");
        Claim.Same(url.User, again!.User, "a user");
        Claim.Same(url.Password, again.Password, "a password");
        Claim.Same(url.Authority, again.Authority, "an authority");
    }
}
