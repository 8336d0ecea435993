using System.Runtime.Versioning;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>Which PowerShell the tests of whole processes start.</summary>
public sealed class ShellFinderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [UnixFact, UnsupportedOSPlatform("windows")]
    public void The_first_PowerShell_on_PATH_that_starts_and_is_new_enough_is_taken()
    {
        string path = string.Join(Path.PathSeparator,
            Folder("old", "echo version 7.4.11"), Folder("broken", "echo version 7.6.1; exit 1"), Folder("mute", "exit 0"),
            _folder["missing"], Folder("new", "echo version 7.10.0-preview.2"), Folder("newer", "echo version 8.0.0"));
        File.WriteAllText(Path.Combine(Folder("nonsense", ""), "pwsh"), "not a program");
        Assert.Equal([_folder["new/pwsh"]], ShellFinder.Find($"{_folder["nonsense"]}{Path.PathSeparator}{path}"));
    }

    private string Folder(string name, string script)
    {
        string file = _folder.Write($"{name}/pwsh", $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return _folder[name];
    }
}
