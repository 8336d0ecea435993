using System.Collections;
using System.Management.Automation;

namespace MultiExit.Commands;

/// <content>Work that goes on as a job.</content>
public abstract partial class MxCommand
{
    private static readonly string[] NotOfJobs = ["AsJob", "WhatIf", "Confirm"];

    /// <summary>Runs this cmdlet, with the parameters that it has now, as a job, and writes the job. What was to be confirmed has been.</summary>
    private protected void WriteJob()
    {
        Hashtable parameters = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, object? value) in MyInvocation.BoundParameters)
            if (!NotOfJobs.Contains(name, StringComparer.OrdinalIgnoreCase)) parameters[name] = value;
        if (MyInvocation.MyCommand is CmdletInfo { Parameters: { } known } && known.ContainsKey("Confirm")) parameters["Confirm"] = false;
        MxJob job = new(MyInvocation.MyCommand.Name, parameters, MyInvocation.MyCommand.Module?.Path, SessionState.Path.CurrentLocation.Path);
        MxJobSourceAdapter.Add(job);
        job.StartJob();
        WriteObject(job);
    }
}
