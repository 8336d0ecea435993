using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A server started from a file in a folder of its own, with a history, on a clock that the test moves.</summary>
internal sealed class ManagedEdge : IAsyncDisposable
{
    public const string Inbound = "{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }";

    private readonly TemporaryFolder _folder = new();
    private ManagedServer? _server;

    public ManualTimeProvider Time { get; } = new();

    public string File => _folder["edge.yaml"];

    public string History => _folder["history"];

    public string Log => Directory.EnumerateFiles(_folder.Path, "log*.txt").Select(System.IO.File.ReadAllText).FirstOrDefault("");

    public ManagedServer Server => _server!;

    /// <summary>A configuration that is recognized by the weight of its exit <c>a</c>.</summary>
    public string Text(int weight, string inbounds = Inbound, string more = "") =>
        $"name: edge\ninbounds: [{inbounds}]\nexits: [{{ name: a, type: direct, weight: {weight} }}]\n"
        + $"history: {{ directory: history, keep: 5 }}\nlogging: {{ file: log.txt }}\n{more}";

    public int Weight => Server.Gateway.Config.Exits[0].Weight;

    public string this[string name] => _folder[name];

    public void Write(string text) => System.IO.File.WriteAllText(File, text);

    public ConfigResult Other(string text)
    {
        System.IO.File.WriteAllText(_folder["other.yaml"], text);
        return ConfigLoader.LoadFile(_folder["other.yaml"]);
    }

    /// <summary>Starts from the present text of the file.</summary>
    public async Task StartAsync(bool watch = false, string? text = null)
    {
        if (text is not null) Write(text);
        _server = await ManagedServer.StartAsync(ConfigLoader.LoadFile(File),
            new ManagedServerOptions { Watch = watch, Gateway = new GatewayOptions { Time = Time } });
    }

    public async Task StopAsync() => await Server.DisposeAsync();

    /// <summary>The same files, as they are on disk now, to start another server from: the left-overs of a crash.</summary>
    public async Task CrashAsync()
    {
        string copy = _folder["copy"];
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(History).Where(file => Path.GetFileName(file) != "lock"))
            System.IO.File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        await StopAsync();
        Directory.Delete(History, recursive: true);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(History);
        else Directory.CreateDirectory(History, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (string file in Directory.GetFiles(copy)) System.IO.File.Copy(file, Path.Combine(History, Path.GetFileName(file)));
        Directory.Delete(copy, recursive: true);
    }

    public IEnumerable<(int Number, ConfigChange Why, ConfigOutcome Outcome)> Versions =>
        Server.GetVersions().Select(version => (version.Number, version.Why, version.Outcome));

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }
}
