using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

public sealed class SessionsCommandTests
{
    [LinuxFact]
    public async Task Sessions_are_found_over_the_socket_and_in_the_files_and_a_killed_server_says_what_is_lost()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "server.yaml"), socket = Path.Combine(folder.Path, "run", "s"), log = Path.Combine(folder.Path, "mx.log");
        await File.WriteAllTextAsync(file, $$"""
            inbounds: [{ name: in, type: forward, listen: "127.0.0.1:0", target: "127.0.0.1:{{await EchoAsync()}}" }]
            exits: [{ name: wan1, type: direct, address: 127.0.0.3 }]
            default: wan1
            control: { socket: {{socket}} }
            records: { path: run/records.db }
            logging: { file: {{log}} }
            """);
        string source;
        using (HostProcess host = HostProcess.Start(["run", "--config", file]))
        {
            int port = PortOf((await host.ReadLineAsync())!);
            source = await ConnectAsync(port);
            string[] find = ["--source", source, "--at", DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), "--within", "2m"];
            string line = await UntilFoundAsync(["--socket", socket, .. find]);
            Assert.Contains($" source={source} ", line, StringComparison.Ordinal);
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d in 127\.0\.0\.1:\d+ - tcp 127\.0\.0\.1:\d+ wan1 ok ", line);
            Assert.Equal(line, await UntilFoundAsync(["--config", file, .. find]));
            JsonElement record = JsonDocument.Parse(await UntilFoundAsync(["--socket", socket, "--json", "--outcome", "ok"])).RootElement;
            Assert.Equal(source, record.GetProperty("source").GetString());
            Assert.Equal((0, "", ""), await HostProcess.RunAsync("sessions", "find", "--socket", socket, "--user", "nobody"));
            host.Signal("KILL");
            await host.ExitAsync();
        }
        Assert.Contains($" source={source} ", await UntilFoundAsync(["--config", file]), StringComparison.Ordinal);
        using (HostProcess host = HostProcess.Start(["run", "--config", file]))
        {
            await host.ReadLineAsync();
            await UntilAsync(() => Directory.GetFiles(folder.Path, "mx*.log").Any(name => ReadShared(name).Contains("MX1073", StringComparison.Ordinal)));
            Assert.Contains($" source={source} ", await UntilFoundAsync(["--socket", socket]), StringComparison.Ordinal);
            host.Signal("TERM");
            Assert.Equal(0, await host.ExitAsync());
        }
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(folder.Path, "run")), name => name.EndsWith("-wal", StringComparison.Ordinal));
    }

    [LinuxFact]
    public async Task Nothing_of_the_database_is_loaded_where_no_records_are_kept()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "server.yaml");
        await File.WriteAllTextAsync(file, "inbounds: [{ name: in, type: socks5, listen: \"127.0.0.1:0\" }]\n");
        using HostProcess host = HostProcess.Start(["run", "--config", file]);
        await host.ReadLineAsync();
        Assert.DoesNotContain("sqlite", await File.ReadAllTextAsync($"/proc/{host.Id}/maps"), StringComparison.OrdinalIgnoreCase);
        host.Signal("KILL");
        await host.ExitAsync();
    }

    [Theory]
    [InlineData("sessions: expected find")]
    [InlineData("--config FILE or --socket PATH is needed", "find")]
    [InlineData("--within says how exact --at is", "find", "--socket", "s", "--within", "1m")]
    [InlineData("--source is 'somewhere'; expected an address, with its port or without", "find", "--socket", "s", "--source", "somewhere")]
    [InlineData("--outcome is 'fine'; expected one of ok, client-reset", "find", "--socket", "s", "--outcome", "fine")]
    [InlineData("--at is 'soon'; expected a time", "find", "--socket", "s", "--at", "soon")]
    [InlineData("--limit is '0'; expected a whole number from 1", "find", "--socket", "s", "--limit", "0")]
    public async Task A_wrong_command_line_is_named(string expected, params string[] args)
    {
        (int exitCode, _, string error) = await HostProcess.RunAsync(["sessions", .. args]);
        Assert.Equal((int)ExitCode.Usage, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static async Task<string> UntilFoundAsync(string[] args)
    {
        string found = "";
        await UntilAsync(async () =>
        {
            (int exitCode, string output, string error) = await HostProcess.RunAsync(["sessions", "find", .. args]);
            Assert.Equal((0, ""), (exitCode, error));
            found = output.Trim();
            return found.Length > 0;
        });
        return found;
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        DateTime end = DateTime.UtcNow + HostProcess.Limit;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < end, "the awaited state did not come");
            await Task.Delay(20);
        }
    }

    private static string ReadShared(string path)
    {
        using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    private static int PortOf(string line) => int.Parse(
        line[(line.IndexOf("127.0.0.1:", StringComparison.Ordinal) + 10)..].TakeWhile(char.IsAsciiDigit).ToArray(), CultureInfo.InvariantCulture);

    // One byte there and back; the address that the target saw.
    private static async Task<string> ConnectAsync(int port)
    {
        using Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, port);
        byte[] answer = new byte[64];
        int length = await client.ReceiveAsync(answer);
        return System.Text.Encoding.ASCII.GetString(answer, 0, length);
    }

    // Tells each client its address and closes.
    private static Task<int> EchoAsync()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using Socket client = await listener.AcceptSocketAsync();
                await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(client.RemoteEndPoint!.ToString()!));
            }
        });
        return Task.FromResult(((IPEndPoint)listener.LocalEndpoint).Port);
    }
}
