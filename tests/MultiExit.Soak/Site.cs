using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MultiExit.Soak.Servers;

namespace MultiExit.Soak;

/// <summary>What faults work on: the servers, the sessions on them, and the configuration of the near server.</summary>
internal sealed class Site(Stage stage, Fleet fleet)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private int _variant;

    public Stage Stage => stage;

    public Fleet Fleet => fleet;

    public Server Near => fleet.Near;

    /// <summary>A text of the near server's configuration that it has not had.</summary>
    public string NextText() => fleet.NearText.Text(++_variant);

    /// <summary>Writes the near server's file, sends it SIGHUP, and waits until the text is in force.</summary>
    public Task ReloadAsync(string text) => ReloadAsync(Near, text);

    /// <summary>The same for the far server.</summary>
    public Task ReloadFarAsync(string text) => ReloadAsync(fleet.Far, text);

    /// <summary>Waits until a server runs that text.</summary>
    public static Task WaitForAsync(Server server, string text)
    {
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return WaitUntilAsync("the new configuration is not in force", async () => await Sha256Async(server) == sha256);
    }

    /// <summary>That of the text which a server runs.</summary>
    public static async Task<string> Sha256Async(Server server) => (await server.Control.GetAsync("config/status"))
        .GetProperty("sha256").GetString()!.ToLowerInvariant();

    public Task<JsonElement> AskAsync(HttpMethod method, string target, string? body = null, HttpStatusCode expected = HttpStatusCode.OK) =>
        Near.Control.AskAsync(method, target, body, expected);

    private static async Task ReloadAsync(Server server, string text)
    {
        await File.WriteAllTextAsync(server.ConfigFile, text);
        await server.SignalAsync("HUP");
        await WaitForAsync(server, text);
    }

    public static async Task WaitUntilAsync(string problem, Func<Task<bool>> isSo)
    {
        long began = Environment.TickCount64;
        while (!await isSo())
        {
            if (Environment.TickCount64 - began > Patience.TotalMilliseconds) throw new TimeoutException($"{problem} after {Patience.TotalSeconds:0} s");
            await Task.Delay(50);
        }
    }
}
