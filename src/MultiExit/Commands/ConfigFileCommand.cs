using System.Collections.ObjectModel;
using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>What the cmdlets share that work on configuration files, one after the other.</summary>
public abstract class ConfigFileCommand : MxCommand
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    /// <summary>The files; wildcards are resolved.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [Alias("Config")]
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
                ProcessOne(file, path);
        }
    }

    /// <summary>Works on a file that is there; what it throws becomes an error of that file.</summary>
    private protected abstract void Process(string file, string target);

    private void ProcessOne(string file, string target)
    {
        if (!File.Exists(file))
        {
            WriteError(NewError("PathNotFound", ErrorCategory.ObjectNotFound, target, $"There is no file '{file}'."));
            return;
        }

        try
        {
            Process(file, target);
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            WriteError(NewError(exception, target));
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
}
