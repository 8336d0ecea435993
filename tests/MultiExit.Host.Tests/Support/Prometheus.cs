using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace MultiExit.Host.Tests.Support;

/// <summary>A running Prometheus that scrapes one server and has the rules of this checkout, with its data in a folder of its own.</summary>
internal sealed class Prometheus : IDisposable
{
    private const int Attempts = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;
    private readonly HttpClient _http;

    private Prometheus(string target, int port)
    {
        string file = Path.Combine(_folder.Path, "prometheus.yml");
        File.WriteAllText(file, $$"""
            global: { scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms }
            rule_files: ["{{Rules}}"]
            scrape_configs:
              - job_name: multiexit
                static_configs: [{ targets: ["{{target}}"] }]
            """);
        ProcessStartInfo start = new(ExternalTool.Command(ExternalTool.Prometheus),
            [
                $"--config.file={file}", $"--storage.tsdb.path={Path.Combine(_folder.Path, "data")}", $"--web.listen-address=127.0.0.1:{port}",
                "--log.level=error",
            ])
        {
            RedirectStandardError = true, UseShellExecute = false,
        };
        _process = Process.Start(start)!;
        Log = _process.StandardError.ReadToEndAsync();
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = HostProcess.Limit };
    }

    public static string Rules { get; } = Path.Combine(HostProcess.RepositoryRoot, "module", "monitoring", "multiexit.rules.yml");

    private Task<string> Log { get; }

    /// <summary>Starts one.</summary>
    /// <param name="target">The metrics listener, <c>address:port</c>.</param>
    public static async Task<Prometheus> StartAsync(string target)
    {
        // Another process may take a free port before it does.
        string log = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Prometheus server = new(target, OwnEndPoints.NextPort());
            if (await server.IsReadyAsync().WaitAsync(HostProcess.Limit)) return server;
            log = await server.Log;
            server.Dispose();
        }
        throw new InvalidOperationException("prometheus did not start: " + log);
    }

    /// <summary>The series that a query finds now.</summary>
    /// <exception cref="InvalidOperationException">Prometheus does not understand the query.</exception>
    public async Task<JsonElement[]> QueryAsync(string query)
    {
        JsonElement answer = await GetAsync($"api/v1/query?query={Uri.EscapeDataString(query)}");
        if (answer.GetProperty("status").GetString() != "success") throw new InvalidOperationException($"{query}: {answer.GetProperty("error")}");
        return [.. answer.GetProperty("data").GetProperty("result").EnumerateArray()];
    }

    /// <summary>Waits until a query finds something.</summary>
    public async Task<JsonElement[]> FindAsync(string query)
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(100));
        long start = Environment.TickCount64;
        while (true)
        {
            JsonElement[] found = await QueryAsync(query);
            if (found.Length > 0) return found;
            if (Environment.TickCount64 - start > HostProcess.Limit.TotalMilliseconds) throw new TimeoutException($"nothing found: {query}");
            await poll.WaitForNextTickAsync();
        }
    }

    /// <summary>The rules by their names, each with its state and whether it could be evaluated.</summary>
    public async Task<IReadOnlyDictionary<string, (string State, string Health)>> RulesAsync() =>
        (await GetAsync("api/v1/rules")).GetProperty("data").GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .ToDictionary(rule => Text(rule, "name"), rule => (Text(rule, "state"), Text(rule, "health")));

    public void Dispose()
    {
        LocalServer.End(_process);
        _http.Dispose();
        _folder.Dispose();
    }

    private static string Text(JsonElement rule, string name) => rule.GetProperty(name).GetString()!;

    private async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(path);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private async Task<bool> IsReadyAsync()
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(50));
        while (!_process.HasExited)
        {
            try
            {
                using HttpResponseMessage response = await _http.GetAsync("-/ready");
                if (response.IsSuccessStatusCode) return !_process.HasExited;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
            await poll.WaitForNextTickAsync();
        }
        return false;
    }
}
