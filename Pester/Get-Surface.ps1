# The module's whole surface as text. After a wanted change: ./Pester/Get-Surface.ps1 | Set-Content Pester/surface.txt
Import-Module (Join-Path (Split-Path $PSScriptRoot) 'MultiExit.psd1')
$common = [Management.Automation.Cmdlet]::CommonParameters

function Get-TypeText([type] $Type) {
    $inner = [Nullable]::GetUnderlyingType($Type)
    return $(if ($inner) { "$($inner.Name)?" } else { $Type.Name })
}

foreach ($cmdlet in Get-Command -Module MultiExit | Sort-Object Name) {
    $cmdlet.Name
    foreach ($parameter in $cmdlet.Parameters.Values | Where-Object Name -NotIn $common | Sort-Object Name) {
        $sets = foreach ($name in $parameter.ParameterSets.Keys | Sort-Object) {
            $set = $parameter.ParameterSets[$name]
            $marks = @(
                $name
                if ($set.IsMandatory) { 'mandatory' }
                if ($set.Position -ge 0) { "position $($set.Position)" }
                if ($set.ValueFromPipeline) { 'pipeline' }
                if ($set.ValueFromPipelineByPropertyName) { 'property' }
            )
            $marks -join ' '
        }
        $aliases = $(if ($parameter.Aliases) { " alias $($parameter.Aliases -join ',')" })
        "  -$($parameter.Name) <$(Get-TypeText $parameter.ParameterType)>$aliases [$($sets -join '; ')]"
    }
    foreach ($output in $cmdlet.OutputType) { "  -> $($output.Name)" }
}

foreach ($type in [AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -eq 'MultiExit' }).GetExportedTypes() |
        Where-Object Namespace -EQ 'MultiExit' | Where-Object Name -Like 'Mx*' | Sort-Object Name) {
    $type.FullName
    foreach ($property in $type.GetProperties('Public,Instance,DeclaredOnly') | Sort-Object Name) {
        "  $($property.Name) <$(Get-TypeText $property.PropertyType)>"
    }
}
