using System.Diagnostics;
using System.IO.Pipes;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Tests.Files;

/// <summary>A path to something other than a file never blocks its reader, whatever key names it.</summary>
public sealed class RegularFileTests : IDisposable
{
    private const string Reason = "special files are looked at on Linux alone";

    private readonly TemporaryFolder _folder = new();

    public RegularFileTests()
    {
        if (OperatingSystem.IsLinux()) SmallDisk.Run("mkfifo", _folder["pipe"]);
    }

    private string Pipe => _folder["pipe"];

    [LinuxTheory(Reason)]
    [InlineData("tls: { cert: FILE, key: FILE }")]
    [InlineData("users: { a: { password: { file: FILE } } }")]
    public async Task A_key_that_names_a_pipe_is_an_error_at_once(string key)
    {
        string text = $"inbounds: [{{ name: a, type: http, listen: \"127.0.0.1:0\", {key.Replace("FILE", Pipe, StringComparison.Ordinal)} }}]";
        ConfigResult result = await Task.Run(() => ConfigLoader.Parse(text)).WaitAsync(TestTransports.Patience);
        Assert.All(result.Errors, error => Assert.Contains("is not a regular file", error.Message, StringComparison.Ordinal));
        Assert.NotEmpty(result.Errors);
    }

    [LinuxTheory(Reason)]
    [InlineData("limits: { usage_file: FILE }")]
    [InlineData("exits: [{ name: d, type: direct }]\ngroups: [{ name: g, exits: [d], strategy: sticky, state: FILE }]")]
    public async Task A_store_that_is_a_pipe_refuses_the_start_at_once(string keys)
    {
        string text = $"inbounds: [{{ name: a, type: http, listen: \"127.0.0.1:0\" }}]\n{keys.Replace("FILE", Pipe, StringComparison.Ordinal)}";
        ConfigResult result = ConfigLoader.Parse(text);
        Assert.True(result.IsValid);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(
            () => Task.Run(() => MultiExit.Engine.Server.GatewayServer.StartAsync(result.Config)).WaitAsync(TestTransports.Patience));
        Assert.Contains("no regular file", refused.Message, StringComparison.Ordinal);
    }

    [LinuxTheory(Reason)]
    [InlineData(null)]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    public async Task A_configuration_that_is_no_file_is_an_error_at_once(string? path)
    {
        ConfigResult result = await Task.Run(() => ConfigLoader.LoadFile(path ?? Pipe)).WaitAsync(TestTransports.Patience);
        Assert.Contains("is not a regular file", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [LinuxFact(Reason)]
    public void Certificates_have_an_end()
    {
        Assert.Contains("is not a regular file",
            Assert.Throws<ProxyException>(() => PemFile.ReadText("/dev/zero", "key file")).Message, StringComparison.Ordinal);
        using (FileStream large = File.Create(_folder["large"])) large.SetLength(5 << 20);
        Assert.Contains("is larger than 4 MiB",
            Assert.Throws<ProxyException>(() => PemFile.ReadText(_folder["large"], "key file")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_read_up_to_its_limit()
    {
        File.WriteAllBytes(_folder["file"], new byte[5000]);
        Assert.Equal(5000, RegularFile.Read(_folder["file"], 5000).Length);
        Assert.Throws<FileTooLargeException>(() => RegularFile.Read(_folder["file"], 4999));
        Assert.Throws<FileNotFoundException>(() => RegularFile.Read(_folder["none"], 10));
    }

    [LinuxFact(Reason)]
    public void A_pipe_of_the_process_is_a_configuration_once()
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        string path = $"/dev/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";
        pipe.Write("inbounds: [{ name: a, type: http, listen: \"127.0.0.1:0\" }]"u8);
        Assert.Contains("can be read only once", MultiExit.Engine.Configuration.Reading.DocumentFile.Read(path).Problem, StringComparison.Ordinal);
        SafeClose(pipe);
        Assert.True(ConfigLoader.LoadFile(path).IsValid);
    }

    [LinuxFact(Reason)]
    public void A_pipe_without_an_end_is_given_up()
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        string path = $"/dev/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";
        pipe.Write("inbounds:"u8);
        long began = Stopwatch.GetTimestamp();
        Assert.Throws<IOException>(() => RegularFile.ReadPipe(path, 100, TimeSpan.FromMilliseconds(20)));
        Assert.Throws<FileTooLargeException>(() => RegularFile.ReadPipe(Filled(pipe, path), 100, TestTransports.Patience));
        Assert.True(Stopwatch.GetElapsedTime(began) < TestTransports.Patience);
    }

    [LinuxFact("no device files are looked at elsewhere")]
    public void Devices_and_sockets_are_told_from_files()
    {
        Assert.Equal(FileKind.Device, FileIdentity.Of("/dev/null").Kind);
        Assert.Equal(FileKind.Pipe, FileIdentity.Of(Pipe).Kind);
        Assert.Equal(FileKind.Folder, FileIdentity.Of(_folder.Path).Kind);
        File.CreateSymbolicLink(_folder["link"], Pipe);
        Assert.Equal(FileKind.Link, FileIdentity.Of(_folder["link"]).Kind);
        Assert.Equal(FileKind.Pipe, FileIdentity.Behind(_folder["link"]).Kind);
        Assert.Equal(FileKind.None, FileIdentity.Of(_folder["none"]).Kind);
    }

    public void Dispose() => _folder.Dispose();

    // Only the writing end: the path names the reading one.
    private static void SafeClose(AnonymousPipeServerStream pipe) => pipe.SafePipeHandle.Dispose();

    private static string Filled(AnonymousPipeServerStream pipe, string path)
    {
        pipe.Write(new byte[200]);
        return path;
    }
}
