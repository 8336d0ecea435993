using System.Text.Json;

namespace MultiExit.Host.Tests.Support;

/// <summary>curl at a control socket.</summary>
internal sealed class ControlSocket(string path)
{
    public string Path => path;

    /// <summary>Asks, and reads the JSON of the answer.</summary>
    public async Task<JsonElement> AskAsync(string target, params string[] args)
    {
        (int exitCode, string output, string error) = await Curl.RunAsync(["--unix-socket", path, .. args, $"http://localhost/{target}"]);
        Assert.True(exitCode == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>How many listeners the server has now.</summary>
    public async Task<int> ListenersAsync() => (await AskAsync("server")).GetProperty("listeners").GetArrayLength();
}
