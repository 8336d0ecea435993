using System.Diagnostics;
using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Tests.Support;
using Npgsql;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A PostgreSQL of the system with a data folder of its own, on a Unix socket, and with TLS on loopback; it ends with the tests.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Installed = "/usr/lib/postgresql";
    private const int MinVersion = 15, Attempts = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string? Programs = FindPrograms();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mxpg-");
    private Process? _process;
    private SelfSignedFiles? _certificate;
    private int _databases;

    /// <summary>Why it cannot be run; null: it can.</summary>
    public static string? WhyNot => Programs is null ? $"PostgreSQL {MinVersion} or later (package postgresql) is not installed in {Installed}"
        : Environment.IsPrivilegedProcess && !File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal))
            ? "PostgreSQL does not run as root, and there is no user postgres" : null;

    /// <summary>The certificate that the server has for <c>localhost</c>, which is its own CA.</summary>
    public string CaFile => _certificate!.CertificateFile;

    public int Port { get; private set; }

    public string Socket => _folder.FullName;

    private string Data => Path.Combine(_folder.FullName, "data");

    private string LogFile => Path.Combine(_folder.FullName, "log");

    public async ValueTask InitializeAsync()
    {
        if (WhyNot is not null) return;
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres:postgres", _folder.FullName);
        string[] initdb = [Path.Combine(Programs!, "initdb"), "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"];
        await RunAsync(AsPostgres(initdb));
        _certificate = SelfSignedFiles.Create("localhost");
        await InstallAsync(_certificate.CertificateFile, "server.crt");
        await InstallAsync(_certificate.KeyFile, "server.key");
        string rules = Path.Combine(_folder.FullName, "hba");
        await File.WriteAllTextAsync(rules, "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n");
        await InstallAsync(rules, "pg_hba.conf");
        for (int attempt = 1; !await TryStartAsync(); attempt++)
            if (attempt == Attempts) throw new IOException("PostgreSQL does not start: " + await File.ReadAllTextAsync(LogFile));
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _certificate?.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>A fleet with a database of its own.</summary>
    public async Task<FleetConfig> CreateAsync(string node = "a")
    {
        string database = string.Create(CultureInfo.InvariantCulture, $"fleet{Interlocked.Increment(ref _databases)}");
        await RunSqlAsync("postgres", $"CREATE DATABASE {database}");
        return new FleetConfig(new StoreAddress("postgres", Socket, Port, database), "prod", node);
    }

    /// <summary>The same fleet over TCP, as another role.</summary>
    public FleetConfig OverTcp(FleetConfig fleet, string user) => fleet with { Store = new StoreAddress(user, "localhost", Port, fleet.Store.Database) };

    /// <summary>Runs a statement as the owner.</summary>
    public async Task<object?> RunSqlAsync(string database, string sql)
    {
        await using NpgsqlConnection connection = new(
            $"Host={Socket};Port={Port};Username=postgres;Database={database};Pooling=false;Timeout=10;Command Timeout=30");
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Ends the server.</summary>
    public async Task EndAsync()
    {
        if (_process is null) return;
        // Immediate shutdown: its children end with it.
        if (!_process.HasExited) await RunAsync("kill", "-s", "QUIT", _process.Id.ToString(CultureInfo.InvariantCulture));
        await _process.WaitForExitAsync().WaitAsync(Limit);
        _process.Dispose();
        _process = null;
    }

    private async Task<bool> TryStartAsync()
    {
        Port = Random.Shared.Next(20_000, 30_000);
        string[] command = AsPostgres(Path.Combine(Programs!, "postgres"), "-D", Data, "-k", Socket, "-h", "127.0.0.1",
            "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "ssl=on", "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=50");
        // The shell is replaced by the server, whose id stays.
        _process = Process.Start("sh", ["-c", $"exec \"$@\" >'{LogFile}' 2>&1", "sh", .. command]);
        Stopwatch waited = Stopwatch.StartNew();
        while (!_process.HasExited && waited.Elapsed < Limit)
        {
            try
            {
                await RunSqlAsync("postgres", "SELECT 1");
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(20);
            }
        }
        await EndAsync();
        return false;
    }

    private async Task InstallAsync(string file, string name)
    {
        string target = Path.Combine(Data, name);
        File.Copy(file, target, overwrite: true);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres:postgres", target);
    }

    private static string[] AsPostgres(params string[] command) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. command] : command;

    private static async Task RunAsync(params string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        if (process.ExitCode != 0) throw new IOException($"{command[0]}: {await output} {await error}");
    }

    private static string? FindPrograms() => !OperatingSystem.IsLinux() || !Directory.Exists(Installed) ? null
        : Directory.EnumerateDirectories(Installed)
            .Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int version) && version >= MinVersion)
            .Select(folder => Path.Combine(folder, "bin")).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
}
