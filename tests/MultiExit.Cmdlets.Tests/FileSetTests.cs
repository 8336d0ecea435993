using System.Diagnostics;
using System.Runtime.Versioning;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>Files that a cmdlet writes together, and one of them cannot be written.</summary>
public sealed class FileSetTests : IDisposable
{
    private readonly Session _session = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_file_that_cannot_be_read_to_its_end_leaves_no_copy_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "this system has no file that can be opened and not be read");
        string key = _folder.Write("ech.key", "the key");
        // It can be opened; reading at its beginning fails.
        File.CreateSymbolicLink(_folder["ech.list"], "/proc/self/mem");
        Assert.StartsWith("FileNotWritten,", Fail("ech.key", "ech.list"), StringComparison.Ordinal);
        Assert.Equal(["ech.key", "ech.list"], Names());
        Assert.Equal("the key", File.ReadAllText(key));
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void A_file_that_is_rolled_back_has_its_content_and_its_mode()
    {
        string key = _folder.Write("ech.key", "the key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Directory.CreateDirectory(_folder["ech.list"]);
        Assert.StartsWith("FileNotWritten,", Fail("ech.key", "ech.list"), StringComparison.Ordinal);
        Assert.Equal(["ech.key", "ech.list"], Names());
        Assert.Equal("the key", File.ReadAllText(key));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(key));
    }

    [UnixFact]
    public void A_pipe_or_a_device_is_not_replaced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "special files are looked at on Linux alone");
        using (Process make = Process.Start("mkfifo", _folder["ech.list"])) make.WaitForExit();
        Assert.StartsWith("FileNotWritten,", Fail("ech.key", "ech.list"), StringComparison.Ordinal);
        Assert.Equal(["ech.list"], Names());
    }

    private string Fail(string key, string list) => _session.Fail(
        $"New-MxEchKey example.org '{_folder[key]}' -ConfigPath '{_folder[list]}' -Force").FullyQualifiedErrorId;

    private string[] Names() => [.. Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
