using System.Collections;
using System.Management.Automation;

namespace MultiExit.Commands;

/// <content>Work that goes on as a job.</content>
public abstract partial class MxCommand
{
    private static readonly string[] NotOfJobs = ["AsJob", "WhatIf", "Confirm"];

    /// <summary>Runs this cmdlet, with the parameters that it has now, as a job, and writes the job. What was to be confirmed has been.</summary>
    /// <param name="collected">Parameters with what the pipeline has brought for them altogether; null: it has brought nothing.</param>
    private protected void WriteJob(params IEnumerable<(string Name, object? Value)> collected)
    {
        Dictionary<string, ParameterMetadata> known = MyInvocation.MyCommand.Parameters;
        Hashtable parameters = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, object? value) in MyInvocation.BoundParameters)
            if (!NotOfJobs.Contains(name, StringComparer.OrdinalIgnoreCase)) parameters[name] = IsPiped(name, value) ? Typed(known[name], value) : value;
        foreach ((string name, object? value) in collected)
        {
            if (value is null) parameters.Remove(name);
            else parameters[name] = value;
        }
        if (known.ContainsKey("Confirm")) parameters["Confirm"] = false;
        MxJob job = new(MyInvocation.MyCommand.Name, parameters, MyInvocation.MyCommand.Module?.Path, Folder(SessionState.Path.CurrentLocation));
        MxJobSourceAdapter.Add(job);
        job.StartJob();
        WriteObject(job);
    }

    // What the pipeline brings stands for itself, and in the job it comes as an argument, which may be a pattern.
    private static object? Typed(ParameterMetadata parameter, object? value) =>
        !parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any() ? value : value switch
        {
            string text => WildcardPattern.Escape(text),
            string[] texts => Array.ConvertAll(texts, WildcardPattern.Escape),
            _ => value,
        };

    // A runspace of its own does not have the drives that the session has made.
    private static string Folder(PathInfo location) => location.Provider.Name == "FileSystem" ? location.ProviderPath : location.Path;
}
