using System.Collections.ObjectModel;
using System.Management.Automation;
using MultiExit.Engine.Configuration;

namespace MultiExit.Commands;

/// <summary>Test-MxConfig: says of each file whether a server can start from it, and all that is wrong.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxConfig", DefaultParameterSetName = PathSet)]
[OutputType(typeof(MxConfigTest))]
public sealed class TestMxConfigCommand : MxCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The files; wildcards are resolved.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The files, as they are written.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in ParameterSetName == PathSet ? Path : LiteralPath)
        {
            foreach (string file in Resolve(path))
                Test(file, path);
        }
    }

    private Collection<string> Resolve(string path)
    {
        try
        {
            Collection<string> files = ParameterSetName == PathSet
                ? SessionState.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider)
                : [SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _)];
            if (provider.Name == "FileSystem")
                return files;

            WriteError(NewError("NotAFile", ErrorCategory.InvalidArgument, path, $"'{path}' is not in the file system."));
        }
        catch (Exception exception) when (exception is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            WriteError(NewError("PathNotFound", ErrorCategory.ObjectNotFound, path, exception.Message, exception));
        }

        return [];
    }

    private void Test(string file, string target)
    {
        if (!File.Exists(file))
        {
            WriteError(NewError("PathNotFound", ErrorCategory.ObjectNotFound, target, $"There is no file '{file}'."));
            return;
        }

        try
        {
            WriteObject(new MxConfigTest(file, ConfigLoader.LoadFile(file)));
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            WriteError(NewError(exception, target));
        }
    }
}
