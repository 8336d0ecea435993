using System.Diagnostics;
using System.Globalization;
using MultiExit.Engine.Tls;
using MultiExit.Host.Tests.EndToEnd.Namespaces;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>A PostgreSQL in a namespace with a data folder of its own: on a Unix socket for its owner, and with TLS for the nodes.</summary>
internal sealed class FleetDatabase : IDisposable
{
    private const string Installed = "/usr/lib/postgresql";
    private const string AsPostgres = "setpriv --reuid=postgres --regid=postgres --init-groups";
    private const int Port = 5432;
    private static readonly string? Programs = !Directory.Exists(Installed) ? null
        : Directory.EnumerateDirectories(Installed).Select(folder => Path.Combine(folder, "bin"))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mxfleet-");
    private readonly NamespaceHost _space;
    private readonly string _address;
    private Process? _process;

    private FleetDatabase(NamespaceHost space, string address) => (_space, _address) = (space, address);

    /// <summary>Why it cannot be run; null: it can.</summary>
    public static string? WhyNot => Programs is null ? $"PostgreSQL (package postgresql) is not installed in {Installed}" : null;

    /// <summary>The certificate of the server, which is its own CA.</summary>
    public string CaFile => Path.Combine(_folder.FullName, "ca.pem");

    /// <summary>The store as the owner of the tables names it.</summary>
    public string OwnerStore => $"postgres://postgres@/fleet?host={_folder.FullName}&port={Port}";

    /// <summary>The store as nodes name it.</summary>
    public string NodeStore => $"postgres://node@{_address}/fleet";

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>Makes it, with an empty database and a role for nodes whose password is <c>secret</c>.</summary>
    public static async Task<FleetDatabase> StartAsync(NamespaceHost space, string address)
    {
        FleetDatabase database = new(space, address);
        try
        {
            Command.Do($"chown postgres:postgres {database._folder.FullName}");
            // The CA has to be readable for nobody but the nodes of the tests, which run as root.
            SelfSignedCertificate certificate = SelfSignedCertificate.Create([address], TimeSpan.FromDays(1), TimeProvider.System);
            await File.WriteAllTextAsync(database.CaFile, certificate.CertificatePem);
            Command.Do($"{AsPostgres} {Programs}/initdb -D {database.Data} -U postgres -A trust -E UTF8 --no-locale --no-sync");
            await database.InstallAsync("server.crt", certificate.CertificatePem);
            await database.InstallAsync("server.key", certificate.KeyPem);
            await database.InstallAsync("pg_hba.conf", "local all all trust\nhostssl all all 10.77.0.0/24 scram-sha-256\n");
            await database.StartAsync();
            database.Sql("postgres", "CREATE DATABASE fleet");
            database.Sql("fleet", "CREATE ROLE node LOGIN PASSWORD 'secret'");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Runs a statement as the owner.</summary>
    /// <returns>What it answers, columns separated by <c>|</c>.</returns>
    public string Sql(string database, string statement)
    {
        (int exitCode, string output, string error) = Command.Run(
            "setpriv", [.. AsPostgres.Split(' ').Skip(1), $"{Programs}/psql", "-h", _folder.FullName, "-p", Number(Port), "-U", "postgres", "-d", database,
                "-v", "ON_ERROR_STOP=1", "-qAtc", statement]);
        return exitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{statement}: {error}");
    }

    /// <summary>Starts it again after <see cref="Kill"/>.</summary>
    public async Task StartAsync()
    {
        string[] command = ["netns", "exec", _space.Name, .. AsPostgres.Split(' '), $"{Programs}/postgres", "-D", Data, "-k", _folder.FullName,
            "-h", _address, "-p", Number(Port), "-c", "ssl=on", "-c", "shared_buffers=16MB", "-c", "max_connections=50"];
        Stopwatch waited = Stopwatch.StartNew();
        while (waited.Elapsed < HostProcess.Limit)
        {
            if (_process is not { HasExited: false })
            {
                // Those of a server that was killed end a moment later, and keep its memory until then.
                _process?.Dispose();
                File.Delete(Path.Combine(Data, "postmaster.pid"));
                _process = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec ip \"$@\" >>'{_folder.FullName}/log' 2>&1", "sh", .. command]));
            }
            if (Command.Run($"{Programs}/pg_isready", "-q", "-h", _folder.FullName, "-p", Number(Port)).ExitCode == 0) return;
            await Task.Delay(20);
        }
        throw new TimeoutException("PostgreSQL does not start: " + await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "log")));
    }

    /// <summary>Kills all its processes at once.</summary>
    public void Kill()
    {
        Signal("KILL");
        _process!.WaitForExit(HostProcess.Limit);
    }

    /// <summary>Sends a signal to all its processes.</summary>
    public void Signal(string name)
    {
        string children = Command.Run("pgrep", "-P", Number(_process!.Id)).Output;
        Command.Run("kill", ["-s", name, Number(_process.Id), .. children.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false }) Kill();
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task InstallAsync(string name, string text)
    {
        string file = Path.Combine(Data, name);
        await File.WriteAllTextAsync(file, text);
        Command.Do($"chmod 600 {file}");
        Command.Do($"chown postgres:postgres {file}");
    }
}
